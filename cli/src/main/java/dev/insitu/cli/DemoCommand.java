package dev.insitu.cli;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.library.Library;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code insitu demo}: the whole way of a model, from packing to a swap under load, on this
 * machine.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Packs a small trained model (or yours), serves it, lets devices pull it over three links,"
          + " upgrades it and swaps it under load.",
      "The exit status says whether everything it claims was seen."
    },
    footerHeading = "%nExample:%n",
    footer = {"  insitu demo", "  insitu demo --model resnet.onnx"})
final class DemoCommand implements Callable<Integer> {

  @Mixin private Console console;

  @Option(
      names = "--model",
      paramLabel = "MODEL.onnx",
      description = "Your model, with generated inputs: agreement is shown instead of accuracy.")
  private @Nullable Path model;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("insitu-demo");
    try {
      return run(directory);
    } finally {
      deleteAll(directory);
    }
  }

  private int run(Path directory) throws IOException, InterruptedException {
    long began = System.nanoTime();
    DemoMaterial material = DemoMaterial.of(model, directory);
    KeyPair keys = newKeys();
    Trust trust = Trust.keys(List.of(Signatures.Key.of(keys.getPublic())));
    ForgeOptions options =
        ForgeOptions.of(material.name(), "1")
            .withSamples(material.samples())
            .withSigner(digest -> Signatures.sign(digest, keys.getPrivate(), keys.getPublic()));
    Path file = directory.resolve("1.insitu");
    Forge.Result packed;
    try (ProgressBar bar = new ProgressBar(console.err())) {
      packed = Forge.pack(material.onnx(), file, options, bar::show);
    }
    console.print(
        "Packed %s: %s of ONNX became %s with every sub-model inside.",
        material.name(), Sizes.format(Files.size(material.onnx())), Sizes.format(Files.size(file)));
    console.print("");
    console.print("%s", ProfileTable.text(packed.profile()));
    Path shelves = directory.resolve("library");
    publish(shelves, file, trust);
    ServerOptions serving =
        ServerOptions.of(shelves).withPort(0).withTrust(trust).withToken(DemoVersions.TOKEN);
    DemoChecks checks = new DemoChecks();
    try (InsituServer server = InsituServer.start(serving)) {
      DemoContext context =
          new DemoContext(directory, material, options, packed, file, trust, server.port());
      console.print("");
      console.print("Three devices pull it; each answers a quiz while its model arrives.");
      List<DemoPull.Result> devices = new DemoPull(context, checks).run(console);
      DemoUpgrade.Result upgrade = DemoUpgrade.run(context, checks);
      DemoVersions.Result swap = new DemoVersions(context, checks).run();
      double seconds = (System.nanoTime() - began) * 1e-9;
      new DemoReport(packed, devices, upgrade, swap, checks, seconds).print(console);
    }
    return checks.allHeld() ? 0 : 1;
  }

  private static KeyPair newKeys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has Ed25519", e);
    }
  }

  private static void publish(Path shelves, Path file, Trust trust) throws IOException {
    try (Library library = Library.open(shelves);
        PackageFile pack = PackageFile.open(file, trust)) {
      library.publish(pack);
    }
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
