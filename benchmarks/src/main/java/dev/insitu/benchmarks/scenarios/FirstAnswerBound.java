package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;

/**
 * When the first answer can be there at best: three round trips (to connect, for the plan, for the
 * first byte of content), then each segment runs when its chunks have come over the link and the
 * segments before it have run.
 */
final class FirstAnswerBound {

  static final int ROUND_TRIPS = 3;

  private FirstAnswerBound() {}

  /**
   * Seconds from the first call to the answer.
   *
   * @param starter the sub-model that is run
   * @param roundTrip in seconds
   * @param goodput of the link, measured, bit/s
   * @param tails seconds that it takes to compute from each segment to the end, measured
   */
  static double seconds(
      Plan plan, SubModel starter, double roundTrip, double goodput, double[] tails) {
    long[] arrivals = arrivals(plan, starter);
    double latest = 0;
    for (int segment = 0; segment < tails.length; segment++) {
      latest = Math.max(latest, 8 * arrivals[segment] / goodput + tails[segment]);
    }
    return ROUND_TRIPS * roundTrip + latest;
  }

  /** How many bytes of the stream must be there for each segment to run. */
  private static long[] arrivals(Plan plan, SubModel starter) {
    Manifest manifest = starter.manifest();
    int[] sent = Range.indices(plan.content().chunks()).limit(plan.starterChunks()).toArray();
    long[] needed = new long[manifest.segments().size()];
    long position = plan.manifestBytes();
    for (int chunk : sent) {
      position += manifest.chunks().get(chunk).size();
      for (int segment = 0; segment < needed.length; segment++) {
        if (uses(manifest, segment, chunk)) {
          needed[segment] = position;
        }
      }
    }
    return needed;
  }

  private static boolean uses(Manifest manifest, int segment, int chunk) {
    int group = manifest.chunks().get(chunk).group();
    return manifest.segments().get(segment).tensors().stream()
        .anyMatch(tensor -> manifest.lattice().chunksOf(tensor, group).anyMatch(c -> c == chunk));
  }
}
