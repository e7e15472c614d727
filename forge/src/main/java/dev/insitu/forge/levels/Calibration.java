package dev.insitu.forge.levels;

import dev.insitu.forge.integer.SampleRun;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Optimisation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Measures what a sub-model's sites need so that the root's statistics hold for it. */
final class Calibration {

  private final List<Site> sites;
  private final List<Pair.Measured> measured;
  private final Set<String> rootOutputs;
  private final Samples samples;

  /**
   * @param pair of the sites
   * @param rootOutputs by which it is seen whether samples can run together
   */
  Calibration(List<Site> sites, Pair pair, Set<String> rootOutputs, Samples samples) {
    this.sites = sites;
    this.measured = pair.measured();
    this.rootOutputs = rootOutputs;
    this.samples = samples;
  }

  /**
   * Runs a pair.
   *
   * @param graph the pair's file, its weights beside it
   * @param exact values of the sites' tensors in the root
   * @return values of the sites' tensors for the sub-model, as they can be stated
   */
  SmallTensors run(Path graph, Optimisation optimisation, SmallTensors exact) {
    Map<String, Sums> sums = new LinkedHashMap<>();
    Set<String> names = new LinkedHashSet<>();
    measured.forEach(site -> names.addAll(site.all()));
    try (SampleRun run = new SampleRun(graph, samples, optimisation)) {
      run.inBatches(rootOutputs, Integer.MAX_VALUE)
          .run(
              names,
              (from, count, made) ->
                  measured.forEach(site -> {
                    add(sums, site.root(), made, count);
                    add(sums, site.level(), made, count);
                  }));
    }
    SmallTensors values = new SmallTensors();
    for (int i = 0; i < sites.size(); i++) {
      Moments before = moments(sums, measured.get(i).root());
      Moments after = moments(sums, measured.get(i).level());
      Site site = sites.get(i);
      Moments stored = new Moments(exact.wide(site.mean()), exact.wide(site.variance()));
      Moments moved = stored.moved(before, after);
      values.put(site.mean(), SmallTensors.stated(moved.mean()));
      values.put(site.variance(), SmallTensors.stated(moved.variance()));
    }
    return values;
  }

  private static void add(
      Map<String, Sums> sums, Pair.Names names, Map<String, SampleRun.Made> made, int count) {
    SampleRun.Made mean = made.get(names.mean());
    SampleRun.Made variance = made.get(names.variance());
    if (mean == null || variance == null) {
      throw new IllegalStateException("Nothing was measured as " + names);
    }
    sums.computeIfAbsent(names.mean(), any -> new Sums(mean.values().length))
        .add(mean.values(), variance.values(), count);
  }

  private static Moments moments(Map<String, Sums> sums, Pair.Names names) {
    Sums found = sums.get(names.mean());
    if (found == null) {
      throw new IllegalStateException("Nothing was measured as " + names);
    }
    return found.moments();
  }

  /** Moments of all samples from those of some at a time. */
  private static final class Sums {
    private final double[] means;
    private final double[] squares; // of means
    private final double[] variances;
    private long count;

    Sums(int channels) {
      means = new double[channels];
      squares = new double[channels];
      variances = new double[channels];
    }

    void add(float[] mean, float[] variance, int samples) {
      for (int c = 0; c < means.length; c++) {
        means[c] += (double) samples * mean[c];
        squares[c] += (double) samples * mean[c] * mean[c];
        variances[c] += (double) samples * variance[c];
      }
      count += samples;
    }

    Moments moments() {
      double[] mean = new double[means.length];
      double[] variance = new double[means.length];
      for (int c = 0; c < mean.length; c++) {
        mean[c] = means[c] / count;
        variance[c] = variances[c] / count + Math.max(0, squares[c] / count - mean[c] * mean[c]);
      }
      return new Moments(mean, variance);
    }
  }
}
