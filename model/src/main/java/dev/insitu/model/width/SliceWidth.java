package dev.insitu.model.width;

import java.util.ArrayList;
import java.util.List;

/** Follows channels through Slice. */
final class SliceWidth {

  private static final int STEPS = 4;

  private SliceWidth() {}

  static void apply(Step s) {
    List<Axis> result = new ArrayList<>(s.in(0).axes());
    long[] dims = s.dims(0);
    long[] starts = s.integers("starts", 1);
    long[] ends = s.integers("ends", 2);
    long[] axes = s.integers("axes", 3);
    boolean strange = axes == null && s.has(3) || dims.length != result.size();
    int count = axes != null ? axes.length : starts != null ? starts.length : dims.length;
    if (strange || count > dims.length) {
      s.pinInputs();
      return;
    }
    long[] steps = s.has(STEPS) ? s.integers("", STEPS) : null;
    boolean known = steps != null || !s.has(STEPS);
    for (int i = 0; i < count; i++) {
      int axis = axes == null ? i : (int) (axes[i] < 0 ? axes[i] + dims.length : axes[i]);
      boolean simple = known && (steps == null || steps[i] == 1);
      Axis whole = result.get(axis);
      if (simple && !whole.isFixed() && starts != null && ends != null) {
        result.set(axis, cut(whole, starts[i], ends[i]));
      } else {
        s.pin(whole);
        result.set(axis, Axis.FIXED);
      }
    }
    s.first(result);
  }

  private static Axis cut(Axis whole, long start, long end) {
    int from = position(whole, start);
    return whole.range(from, Math.max(from, position(whole, end)));
  }

  /** A bound of a slice as an index from the front. */
  static int position(Axis axis, long bound) {
    return (int) Math.clamp(bound < 0 ? bound + axis.size() : bound, 0L, (long) axis.size());
  }
}
