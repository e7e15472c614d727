package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A scenario's directory and its key: what is made here goes when the scenario ends. */
final class Workbench implements AutoCloseable {

  private static final int MOST_ATTEMPTS = 50;
  private static final long PAUSE_NANOS = 20_000_000;

  private final Path directory;
  private final KeyPair keys;
  private int count;

  private Workbench(Path directory, KeyPair keys) {
    this.directory = directory;
    this.keys = keys;
  }

  static Workbench open(String scenario) throws IOException {
    try {
      KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new Workbench(Files.createTempDirectory("insitu-" + scenario), keys);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has Ed25519", e);
    }
  }

  /** A path that nothing has yet. */
  synchronized Path fresh(String name) {
    count++;
    return directory.resolve(count + "-" + name);
  }

  /** The key that packages made here are signed with. */
  Signatures.Key key() {
    return Signatures.Key.of(keys.getPublic());
  }

  /** Believes this bench's packages and no others. */
  Trust trust() {
    return Trust.keys(List.of(key()));
  }

  /**
   * Packs a model.
   *
   * @param bases earlier versions to give differences against
   */
  Path pack(Subject subject, String version, List<PackageFile> bases) throws IOException {
    return pack(subject, ForgeOptions.of(subject.name(), version).withBases(bases));
  }

  /** Packs a model as the options say, signed and measured with its samples besides. */
  Path pack(Subject subject, ForgeOptions wanted) throws IOException {
    ForgeOptions options =
        wanted.withSigner(digest -> Signatures.sign(digest, keys.getPrivate(), keys.getPublic()));
    if (subject.samples().isPresent()) {
      options = options.withSamples(subject.samples().get());
    }
    Path target = fresh(subject.name() + ".insitu");
    Forge.pack(subject.onnx(), target, options, ForgeProgress.NONE);
    return target;
  }

  /** Opens a package made here. */
  PackageFile open(Path file) throws IOException {
    return PackageFile.open(file, trust());
  }

  /** Models that were closed may still be taking their own files away meanwhile. */
  @Override
  public void close() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        deleteAll();
        return;
      } catch (IOException | UncheckedIOException e) {
        if (attempt == MOST_ATTEMPTS) {
          throw new IOException(directory + " cannot be deleted: " + e, e);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void deleteAll() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
