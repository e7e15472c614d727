package dev.insitu.device;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The manifests on the device, each with its signatures and its profile, named by digest. */
final class ManifestFiles {

  private static final String MANIFEST = ".manifest";
  private static final String SIGNATURES = ".signatures";
  private static final String PROFILE = ".profile";

  private final Path directory;
  private final StoreGate gate;

  ManifestFiles(Path directory, StoreGate gate) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.gate = gate;
  }

  boolean has(Digest digest) {
    return Files.exists(path(digest, MANIFEST));
  }

  /**
   * Keeps a manifest.
   *
   * @param whole its whole form
   */
  void save(Digest digest, byte[] whole, List<Signed> signatures) throws IOException {
    byte[] text = SignedPlan.format(signatures).getBytes(StandardCharsets.US_ASCII);
    AtomicFile.write(path(digest, SIGNATURES), text, false, gate);
    AtomicFile.write(path(digest, MANIFEST), whole, false, gate);
  }

  /** Makes a manifest survive a loss of power. */
  void force(Digest digest) throws IOException {
    AtomicFile.force(path(digest, SIGNATURES));
    AtomicFile.force(path(digest, MANIFEST));
  }

  /**
   * Reads a manifest and checks its signatures and its name.
   *
   * @throws ElasticException UNTRUSTED or CORRUPT
   */
  ManifestCodec.Body load(Digest digest, Trust trust) throws IOException {
    trust.require(digest, signatures(digest));
    byte[] whole = Files.readAllBytes(path(digest, MANIFEST));
    ManifestCodec.Body body = ManifestCodec.expand(ByteBuffer.wrap(whole));
    if (!body.digest().equals(digest)) {
      throw ElasticException.corrupt(
          path(digest, MANIFEST)
              + " holds manifest "
              + body.digest().brief()
              + ".\nMaybe the disk is damaged; pull the model again.");
    }
    return body;
  }

  List<Signed> signatures(Digest digest) throws IOException {
    byte[] text = AtomicFile.read(path(digest, SIGNATURES)).orElse(new byte[0]);
    return SignedPlan.parse(new String(text, StandardCharsets.US_ASCII));
  }

  /**
   * Keeps a manifest's profile.
   *
   * @param object as the package holds it
   */
  void saveProfile(Digest digest, byte[] object) throws IOException {
    AtomicFile.write(path(digest, PROFILE), object, false, gate);
  }

  boolean hasProfile(Digest digest) {
    return Files.exists(path(digest, PROFILE));
  }

  /**
   * The profile of a manifest; empty if it is not there, or is not the one that the manifest names.
   */
  Optional<Profile> profile(Digest digest, ObjectRef named) throws IOException {
    Optional<byte[]> object = AtomicFile.read(path(digest, PROFILE));
    boolean same = object.filter(bytes -> Digest.sha256(bytes).equals(named.digest())).isPresent();
    return same ? object.map(ProfileCodec::read) : Optional.empty();
  }

  /** Deletes all manifests but these. */
  void retain(Collection<Digest> wanted) throws IOException {
    Set<String> names = wanted.stream().map(Digest::hex).collect(Collectors.toSet());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        if (dot > 0 && !names.contains(name.substring(0, dot))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private Path path(Digest digest, String suffix) {
    return directory.resolve(digest.hex() + suffix);
  }
}
