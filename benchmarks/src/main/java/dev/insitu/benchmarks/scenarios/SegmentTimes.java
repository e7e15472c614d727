package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.SegmentSeconds;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.planner.Calibration;
import dev.insitu.runtime.FusePolicy;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** How long a sub-model computes. */
final class SegmentTimes {

  private static final int RUNS = 25;

  private SegmentTimes() {}

  /** Seconds from each segment to the end, each the median of some runs after one to warm up. */
  static double[] tails(
      PackageFile pack, SubModel model, Map<String, Tensor> question, Path workDirectory)
      throws IOException {
    RuntimeOptions options = RuntimeOptions.builder().fusePolicy(FusePolicy.NEVER).build();
    try (ProgressiveModel running =
        new ProgressiveModel(pack.manifest(), pack, workDirectory, options)) {
      running.expect(model, model);
      model.indices().forEach(running::arrived);
      running.whenComplete().join();
      double[] tails = new double[pack.manifest().segments().size()];
      for (int segment = 0; segment < tails.length; segment++) {
        tails[segment] = tail(running, segment, running.runUntil(segment, question));
      }
      return tails;
    }
  }

  /** Seconds of each segment and head by itself, of the whole, and from each segment to the end. */
  static SegmentSeconds of(
      Workbench bench, PackageFile pack, Map<String, Tensor> question, Calibration calibration)
      throws IOException {
    Manifest manifest = pack.manifest();
    int count = manifest.segments().size();
    SubModel whole = SubModel.of(manifest, count, manifest.losslessGroup());
    double[] tails = tails(pack, whole, question, bench.fresh("work"));
    double[] segments = new double[count];
    double[] heads = new double[count];
    for (int segment = 0; segment < count; segment++) {
      segments[segment] =
          segment + 1 < count ? Math.max(0, tails[segment] - tails[segment + 1]) : tails[segment];
    }
    for (ExitSpec exit : manifest.exits()) { // next to nothing beside a segment
      heads[exit.after()] = tails[0] * exit.head().macs() / manifest.macs();
    }
    double fused = tails[0] / calibration.fusedSpeedup();
    return new SegmentSeconds(segments, heads, tails, fused, calibration);
  }

  private static double tail(ProgressiveModel model, int segment, Map<String, Tensor> values) {
    double[] seconds = new double[RUNS];
    for (int run = -1; run < RUNS; run++) {
      long start = System.nanoTime();
      model.runFrom(segment, values);
      if (run >= 0) {
        seconds[run] = Stats.secondsSince(start);
      }
    }
    return Stats.median(seconds);
  }
}
