package dev.insitu.train.exits;

import dev.insitu.model.Cut;
import dev.insitu.model.SegmentPlan;
import dev.insitu.train.TrainException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a head is attached.
 *
 * @param afterSegment the segment that it follows
 * @param value that it reads
 */
public record ExitPlace(int afterSegment, String value) {

  /**
   * Places of a model's exits, spread evenly over its depth.
   *
   * @param plan how the model is cut
   * @param exits how many, 1 to the number of cuts
   * @throws TrainException if there are fewer cuts
   */
  public static List<ExitPlace> spread(SegmentPlan plan, int exits) {
    int cuts = plan.cuts().size();
    if (exits < 1 || exits > cuts) {
      throw new TrainException(
          exits
              + " exits were asked for; the model is cut at "
              + cuts
              + (cuts == 1 ? " place" : " places")
              + ", so it can have 1 to "
              + cuts
              + ".\nMaybe ask for fewer exits, or for more segments.");
    }
    long[] macs = plan.segments().stream().mapToLong(s -> s.profile().macs()).toArray();
    List<ExitPlace> places = new ArrayList<>();
    int next = 0;
    for (int exit = 0; exit < exits; exit++) {
      int last = cuts - (exits - exit); // the later ones need a cut each
      double wanted = (exit + 1.0) / (exits + 1);
      while (next < last && nearer(macs, next + 1, next, wanted)) {
        next++;
      }
      places.add(at(plan, next++));
    }
    return List.copyOf(places);
  }

  private static boolean nearer(long[] macs, int one, int other, double wanted) {
    return Math.abs(share(macs, one) - wanted) < Math.abs(share(macs, other) - wanted);
  }

  /** What has been computed when a segment has ended. */
  private static double share(long[] macs, int segment) {
    double whole = 0;
    double done = 0;
    for (int i = 0; i < macs.length; i++) {
      whole += macs[i] + 1; // so that a model of unknown cost is spread by segments
      done += i <= segment ? macs[i] + 1 : 0;
    }
    return done / whole;
  }

  /**
   * The place after a segment.
   *
   * @throws TrainException if the model is not cut there
   */
  public static ExitPlace at(SegmentPlan plan, int afterSegment) {
    if (afterSegment < 0 || afterSegment >= plan.cuts().size()) {
      throw new TrainException(
          "An exit was asked for after segment "
              + afterSegment
              + "; the model can have one after 0 to "
              + (plan.cuts().size() - 1)
              + ".");
    }
    Cut cut = plan.cuts().get(afterSegment);
    return new ExitPlace(afterSegment, cut.values().getLast());
  }
}
