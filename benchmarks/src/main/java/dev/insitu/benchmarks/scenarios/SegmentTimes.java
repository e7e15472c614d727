package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.FusePolicy;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** How long a sub-model computes. */
final class SegmentTimes {

  private static final int RUNS = 5;

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
