package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/** A second version is published while a device keeps answering with the first. */
final class DemoVersions {

  /** What the demo's server lets packages be pushed with. */
  static final String TOKEN = "only-for-this-demo";

  /**
   * What came of it.
   *
   * @param answers while the version changed
   * @param failures requests that failed
   * @param wrong answers of neither version
   * @param updateBytes what the new version cost
   * @param packageBytes what its package has
   */
  record Result(long answers, long failures, long wrong, long updateBytes, long packageBytes) {}

  private final DemoContext context;
  private final DemoChecks checks;

  DemoVersions(DemoContext context, DemoChecks checks) {
    this.context = context;
    this.checks = checks;
  }

  Result run() throws IOException, InterruptedException {
    Path second = makeSecond();
    try (Insitu insitu = context.device("swapped")) {
      Model model = insitu.model(context.material().name()).pull();
      Pulls.await(model);
      push(second);
      DemoSwap.Result swap = new DemoSwap(model, context.material().quiz()).run();
      checks.check(
          "a new version is swapped in under load",
          swap.swapped(),
          "version " + model.version().orElse("?"));
      checks.check(
          "no request fails during the swap",
          swap.failures() == 0,
          swap.failures() + " of " + swap.answers());
      checks.check(
          "every answer is one of the two versions'",
          swap.wrong() == 0,
          swap.wrong() + " of " + swap.answers());
      return new Result(
          swap.answers(), swap.failures(), swap.wrong(), swap.bytes(), Files.size(second));
    }
  }

  private Path makeSecond() throws IOException {
    Path onnx = context.directory().resolve("second.onnx");
    Path file = context.directory().resolve("2.insitu");
    try (PackageFile base = PackageFile.open(context.file(), context.trust())) {
      new SubModelExporter(context.directory().resolve("exports"))
          .exportTo(onnx, base.manifest(), base, withoutLastDistances(base.manifest()));
      ForgeOptions options =
          context.options().withVersion("2").withoutSamples().withBases(List.of(base));
      Forge.pack(onnx, file, options, ForgeProgress.NONE);
    }
    return file;
  }

  /**
   * A second version of any model: the last quarter of its weights as all planes give them, the
   * others exactly as they were.
   */
  private static SubModel withoutLastDistances(Manifest manifest) {
    int[] lossless = manifest.lattice().chunksOf(manifest.losslessGroup());
    BitSet kept = new BitSet();
    kept.set(0, manifest.chunks().size());
    for (int i = lossless.length * 3 / 4; i < lossless.length; i++) {
      kept.clear(lossless[i]);
    }
    return SubModel.usableOf(manifest, kept);
  }

  private void push(Path file) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(context.server().resolve("/v1/models"))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(HttpRequest.BodyPublishers.ofFile(file))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new CliException("The server refused the second version: " + answer.body());
      }
    }
  }
}
