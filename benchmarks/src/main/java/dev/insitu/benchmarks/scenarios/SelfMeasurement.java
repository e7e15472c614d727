package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.planner.Calibration;
import dev.insitu.runtime.FusePolicy;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What computing costs on this machine, measured with a package's file and without a network, as a
 * device does after its first pull.
 *
 * @param macsPerSecond that the model reaches
 * @param calibration the rest
 */
record SelfMeasurement(double macsPerSecond, Calibration calibration) {

  private static final int ROUNDS = 5;
  private static final int RUNS = 30;

  /**
   * Measures for a second or two.
   *
   * @param question one sample
   */
  static SelfMeasurement of(Workbench bench, PackageFile pack, Map<String, Tensor> question)
      throws IOException {
    double[] sessions = new double[ROUNDS];
    double[] bytes = new double[ROUNDS];
    double[] stepwise = new double[ROUNDS];
    double[] fused = new double[ROUNDS];
    double[] fusing = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) { // the first warms up
      double[] seen = round(bench, pack, question);
      if (round >= 0) {
        sessions[round] = seen[0];
        bytes[round] = seen[1];
        stepwise[round] = seen[2];
        fused[round] = seen[3];
        fusing[round] = seen[4];
      }
    }
    double macs = pack.manifest().macs();
    double cuts = Calibration.DEFAULT.stepSeconds() * pack.manifest().segments().size();
    double speed = macs / Math.max(1e-9, Stats.median(stepwise) - cuts);
    double speedup = Math.max(1, Stats.median(stepwise) / Stats.median(fused));
    return new SelfMeasurement(
        speed,
        new Calibration(
            1,
            Math.max(0, Stats.median(sessions)),
            Math.max(0, Stats.median(bytes)),
            Calibration.DEFAULT.stepSeconds(),
            Stats.median(fusing),
            speedup,
            Calibration.DEFAULT.fusedWeightCopies(),
            Calibration.DEFAULT.setUpRoundTrips()));
  }

  /**
   * Seconds for a session, for a byte that is decoded, for an inference step by step and fused, and
   * to fuse: the smallest sub-model and the whole differ in bytes only.
   */
  private static double[] round(Workbench bench, PackageFile pack, Map<String, Tensor> question)
      throws IOException {
    int depth = pack.manifest().segments().size();
    SubModel least = SubModel.of(pack.manifest(), depth, 0);
    SubModel whole = SubModel.of(pack.manifest(), depth, pack.manifest().losslessGroup());
    double[] ofLeast = stepwise(bench, pack, least, question);
    double[] ofWhole = stepwise(bench, pack, whole, question);
    double[] fused = fused(bench, pack, whole, question);
    double perByte = Math.max(0, (ofWhole[0] - ofLeast[0]) / (whole.bytes() - least.bytes()));
    double perStep = (ofLeast[0] - perByte * least.bytes() - ofLeast[1]) / depth;
    return new double[] {perStep, perByte, ofWhole[1], fused[1], fused[0]};
  }

  private static ProgressiveModel open(
      Workbench bench, PackageFile pack, SubModel chunks, FusePolicy fuse) throws IOException {
    RuntimeOptions options = RuntimeOptions.builder().fusePolicy(fuse).build();
    ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, bench.fresh("work"), options);
    model.expect(chunks, chunks);
    return model;
  }

  /** Seconds until the first answer when all chunks come at once, and of later answers. */
  private static double[] stepwise(
      Workbench bench, PackageFile pack, SubModel chunks, Map<String, Tensor> question)
      throws IOException {
    try (ProgressiveModel model = open(bench, pack, chunks, FusePolicy.NEVER)) {
      long start = System.nanoTime();
      chunks.indices().forEach(model::arrived);
      model.run(question);
      double first = Stats.secondsSince(start);
      model.whenComplete().join();
      return new double[] {first, runs(model, question)};
    }
  }

  /** Seconds from all being in use until it is one session, and of answers then. */
  private static double[] fused(
      Workbench bench, PackageFile pack, SubModel chunks, Map<String, Tensor> question)
      throws IOException {
    try (ProgressiveModel model = open(bench, pack, chunks, FusePolicy.ALWAYS)) {
      chunks.indices().forEach(model::arrived);
      model.whenComplete().join();
      long start = System.nanoTime();
      model.whenFused().join();
      double fusing = Stats.secondsSince(start);
      return new double[] {fusing, runs(model, question)};
    }
  }

  private static double runs(ProgressiveModel model, Map<String, Tensor> question) {
    return Stats.median(
        IntStream.range(0, RUNS)
            .mapToDouble(run -> {
              long start = System.nanoTime();
              model.run(question);
              return Stats.secondsSince(start);
            })
            .toArray());
  }
}
