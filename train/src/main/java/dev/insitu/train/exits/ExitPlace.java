package dev.insitu.train.exits;

import dev.insitu.model.Cut;
import dev.insitu.model.SegmentPlan;
import dev.insitu.train.TrainException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Where a head is attached, and how much it computes.
 *
 * @param afterSegment the segment that it follows
 * @param value that it reads
 * @param layers of the head before the dense one that gives the classes
 */
public record ExitPlace(int afterSegment, String value, int layers) {

  /** Most layers of a head before the dense one that gives the classes. */
  public static final int MOST_LAYERS = 4;

  public ExitPlace {
    if (layers < 0 || layers > MOST_LAYERS) {
      throw new TrainException(
          "A head of " + layers + " layers was asked for; 0 to " + MOST_LAYERS + " are possible.");
    }
  }

  /** For a head without layers: a mean and a dense layer. */
  public ExitPlace(int afterSegment, String value) {
    this(afterSegment, value, 0);
  }

  /** For a head of so many layers. */
  public ExitPlace withLayers(int count) {
    return new ExitPlace(afterSegment, value, count);
  }

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
    long[] macs = macs(plan);
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

  /**
   * Places near certain depths, ascending.
   *
   * @param shares of the work, between 0 and 1
   * @throws TrainException if two of them share a place
   */
  public static List<ExitPlace> near(SegmentPlan plan, List<Double> shares) {
    long[] macs = macs(plan);
    TreeMap<Integer, Double> found = new TreeMap<>();
    for (double share : shares) {
      int nearest = 0;
      for (int cut = 1; cut < plan.cuts().size(); cut++) {
        nearest = nearer(macs, cut, nearest, share) ? cut : nearest;
      }
      Double other = found.put(nearest, share);
      if (other != null) {
        throw new TrainException(
            "Exits were asked for after "
                + other
                + " and "
                + share
                + " of the work; the nearest place to both is after segment "
                + nearest
                + ".\nMaybe ask for one of them only.");
      }
    }
    return found.keySet().stream().map(after -> at(plan, after)).toList();
  }

  private static long[] macs(SegmentPlan plan) {
    return plan.segments().stream().mapToLong(s -> s.profile().macs()).toArray();
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
