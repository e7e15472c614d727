package dev.insitu.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shape that Resize and Upsample make. */
final class ResizeRule {

  private static final int SIZES = 3;

  private ResizeRule() {}

  static void apply(OpFacts o, int scalesInput) {
    long[] in = o.in(0).dims();
    long[] out = null;
    if (in != null && Ops.attribute(o.node(), "axes") == null && !keepsAspect(o)) {
      long[] sizes = o.has(SIZES) ? o.integers(SIZES) : null;
      out = sizes != null ? sizes : scaled(in, scales(o, scalesInput));
    }
    o.first(o.in(0).type(), out != null ? out : MovementRules.unknown(o.in(0).rank()));
  }

  private static boolean keepsAspect(OpFacts o) {
    return !Ops.string(o.node(), "keep_aspect_ratio_policy", "stretch").equals("stretch");
  }

  private static double @Nullable [] scales(OpFacts o, int input) {
    List<Float> attribute = Ops.floats(o.node(), "scales");
    if (attribute != null) {
      return attribute.stream().mapToDouble(Float::doubleValue).toArray();
    }
    return o.has(input) ? o.in(input).values() : null;
  }

  private static long @Nullable [] scaled(long[] in, double @Nullable [] scales) {
    if (scales == null || scales.length != in.length) {
      return null;
    }
    long[] out = new long[in.length];
    for (int i = 0; i < in.length; i++) {
      boolean unknown = in[i] < 0 || Double.isNaN(scales[i]);
      out[i] = unknown ? -1 : scales[i] == 1 ? in[i] : (long) Math.floor((float) scales[i] * in[i]);
    }
    return out;
  }
}
