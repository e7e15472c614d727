package dev.insitu.cli;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.PackageFile;
import dev.insitu.runtime.KeptRootFile;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code insitu verify}: signature, every chunk's digest, and that all chunks give the reference
 * bit for bit.
 */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Checks a package: its signature, every chunk, and that together they give the reference bit for bit.",
    footerHeading = "%nExample:%n",
    footer = "  insitu verify resnet.insitu")
final class VerifyCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TrustOptions trust;

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    try (PackageFile opened = PackageFile.open(file, trust.trust());
        ProgressBar bar = new ProgressBar(console.err())) {
      int present = opened.chunksPresent();
      int total = opened.manifest().chunks().size();
      for (int i = 0; i < present; i++) {
        ChunkSpec chunk = opened.manifest().chunks().get(i);
        opened.read(chunk.digest(), chunk.size());
        bar.show("checking chunks", i + 1, total);
      }
      boolean exact =
          present == total && reference(opened).equals(opened.manifest().header().reference());
      if (exact && opened.manifest().keptRoot().isPresent()) {
        requireRoot(opened, opened.manifest().keptRoot().get());
      }
      bar.finish();
      report(opened, present, total, exact);
      return exact ? 0 : 1;
    }
  }

  private static Digest reference(PackageFile opened) throws IOException {
    return withFile(weights -> {
      WeightFile.assembleReference(opened.manifest(), opened, weights);
      return WeightFile.digest(opened.manifest(), weights);
    });
  }

  /** Refuses a package whose kept root does not come back bit for bit. */
  private static void requireRoot(PackageFile opened, KeptRoot root) throws IOException {
    root.graph(opened.manifest(), opened);
    withFile(weights -> {
      KeptRootFile.assemble(opened.manifest(), root, opened, weights);
      return root.reference();
    });
  }

  private interface Work {
    Digest in(Path weights) throws IOException;
  }

  private static Digest withFile(Work work) throws IOException {
    Path directory = Files.createTempDirectory("insitu-verify");
    Path weights = directory.resolve("weights.bin");
    try {
      return work.in(weights);
    } finally {
      Files.deleteIfExists(weights);
      Files.deleteIfExists(directory);
    }
  }

  private void report(PackageFile opened, int present, int total, boolean exact) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", opened.manifest().name());
    object.put("version", opened.manifest().header().version());
    object.put("digest", opened.digest().hex());
    object.put("signedBy", opened.signatures().stream().map(signed -> signed.key().hex()).toList());
    object.put("chunks", total);
    object.put("chunksPresent", present);
    object.put("exact", exact);
    String verdict =
        exact
            ? "all "
                + total
                + " chunks are right and give the reference bit for bit"
                + (opened.manifest().keptRoot().isPresent() ? ", the kept root too" : "")
            : present < total
                ? "the file holds " + present + " of " + total + " chunks, all of them right"
                : "the chunks are right but do not give the reference";
    console.print(
        object,
        opened.manifest().name() + ":" + opened.manifest().header().version() + "  " + verdict);
  }
}
