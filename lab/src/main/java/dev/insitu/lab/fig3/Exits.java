package dev.insitu.lab.fig3;

import dev.insitu.model.Segment;
import dev.insitu.model.SegmentPlan;
import java.util.ArrayList;
import java.util.List;

/** Where the models of the experiment end: places that are well apart in bytes. */
final class Exits {

  private static final double APART = 1.4;
  private static final double MOST = 0.9;

  private Exits() {}

  /** The segments that an exit follows, ascending: each is so many times as large as the last. */
  static List<Integer> after(SegmentPlan plan) {
    long[] bytes = plan.segments().stream().mapToLong(Exits::bytes).toArray();
    double whole = 0;
    for (long some : bytes) {
      whole += some;
    }
    List<Integer> after = new ArrayList<>();
    double sum = 0;
    double last = 0;
    for (int i = 0; i < bytes.length - 1; i++) {
      sum += bytes[i];
      if (sum > 0 && sum >= APART * last && sum <= MOST * whole) {
        after.add(i);
        last = sum;
      }
    }
    return after;
  }

  private static long bytes(Segment segment) {
    return segment.profile().parameters();
  }
}
