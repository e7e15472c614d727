package dev.insitu.model;

/** The shape that Slice leaves, and its elements where they are followed. */
final class SliceRule {

  /**
   * A range along one dimension with known bounds inside it.
   *
   * @param start first index
   * @param step difference from one index to the next, not 0
   * @param count number of indices
   */
  record Range(long start, long step, long count) {}

  private SliceRule() {}

  static void apply(OpFacts o) {
    Fact in = o.in(0);
    long[] starts = o.integers("starts", 1);
    long[] ends = o.integers("ends", 2);
    long[] axes = o.integers("axes", 3);
    long[] steps = o.has(4) ? o.integers(4) : null;
    long[] out = in.dims() == null ? null : in.dims().clone();
    if (out == null) {
      o.first(in.type(), null);
      return;
    }
    boolean axesUnknown = axes == null && o.has(3);
    boolean unknown = axesUnknown || o.has(4) && steps == null;
    int count = axes != null ? axes.length : starts != null ? starts.length : out.length;
    for (int i = 0; i < count; i++) {
      int axis = axes == null ? i : OpFacts.axis(axes[i], out.length);
      if (unknown || starts == null || ends == null || out[axis] < 0) {
        out[axis] = -1;
      } else {
        out[axis] = range(out[axis], starts[i], ends[i], steps == null ? 1 : steps[i]).count();
      }
    }
    o.first(in.type(), axesUnknown ? MovementRules.unknown(out.length) : out);
  }

  /** The indices that ONNX's Slice takes of a dimension. */
  static Range range(long dim, long start, long end, long step) {
    if (step == 0) {
      throw new IllegalArgumentException("step 0");
    }
    long from = start < 0 ? start + dim : start;
    long to = end < 0 ? end + dim : end;
    if (step > 0) {
      from = Math.clamp(from, 0L, dim);
      to = Math.clamp(to, 0L, dim);
      return new Range(from, step, Math.max(0, Math.ceilDiv(to - from, step)));
    }
    from = Math.clamp(from, -1L, dim - 1);
    to = Math.clamp(to, -1L, dim - 1);
    return new Range(from, step, Math.max(0, Math.ceilDiv(from - to, -step)));
  }
}
