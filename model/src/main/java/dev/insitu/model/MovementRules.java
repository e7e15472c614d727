package dev.insitu.model;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Operators that rearrange elements: reshape, transpose, join, cut, pad, resize. */
final class MovementRules {

  private MovementRules() {}

  static void register(Map<String, Consumer<OpFacts>> rules) {
    rules.put("Reshape", MovementRules::reshape);
    rules.put("Flatten", MovementRules::flatten);
    rules.put("Transpose", MovementRules::transpose);
    rules.put("Squeeze", MovementRules::squeeze);
    rules.put("Unsqueeze", MovementRules::unsqueeze);
    rules.put("Concat", MovementRules::concat);
    rules.put("Split", MovementRules::split);
    rules.put("Slice", SliceRule::apply);
    rules.put("Pad", MovementRules::pad);
    rules.put("Expand", MovementRules::expand);
    rules.put("Tile", MovementRules::tile);
    rules.put("DepthToSpace", o -> blocks(o, true));
    rules.put("SpaceToDepth", o -> blocks(o, false));
    rules.put("Resize", o -> ResizeRule.apply(o, o.opset() < 11 ? 1 : 2));
    rules.put("Upsample", o -> ResizeRule.apply(o, 1));
  }

  /** A shape of that many unknown dimensions; null if even their number is unknown. */
  static long @Nullable [] unknown(long rank) {
    if (rank < 0 || rank > Fact.MAX_VALUES) {
      return null;
    }
    long[] dims = new long[(int) rank];
    Arrays.fill(dims, -1);
    return dims;
  }

  private static void reshape(OpFacts o) {
    Fact in = o.in(0);
    double[] shape = o.in(1).values();
    long[] attribute = Ops.integers(o.node(), "shape");
    if (shape == null && attribute != null) {
      shape = Arrays.stream(attribute).asDoubleStream().toArray();
    }
    if (shape == null) {
      o.first(in.type(), o.in(1).rank() == 1 ? unknown(o.in(1).dim(0)) : null);
      return;
    }
    boolean zeroCopies = o.integer("allowzero", 0) == 0;
    long[] out = new long[shape.length];
    int open = -1;
    long rest = in.elements();
    for (int i = 0; i < out.length; i++) {
      if (shape[i] == -1) {
        open = i;
        out[i] = -1;
        continue;
      }
      out[i] =
          Double.isNaN(shape[i]) ? -1 : shape[i] == 0 && zeroCopies ? in.dim(i) : (long) shape[i];
      rest = rest < 0 || out[i] < 1 || rest % out[i] != 0 ? -1 : rest / out[i];
    }
    if (open >= 0) {
      out[open] = rest;
    }
    o.first(in.type(), out);
  }

  private static void flatten(OpFacts o) {
    long[] in = o.in(0).dims();
    if (in == null) {
      o.first(o.in(0).type(), unknown(2));
      return;
    }
    int axis = o.axis("axis", 1, in.length);
    long rows = Dims.elements(Arrays.copyOf(in, axis));
    long columns = Dims.elements(Arrays.copyOfRange(in, axis, in.length));
    o.first(o.in(0).type(), new long[] {rows, columns});
  }

  private static void transpose(OpFacts o) {
    long[] in = o.in(0).dims();
    if (in == null) {
      o.first(o.in(0).type(), null);
      return;
    }
    long[] order = Ops.integers(o.node(), "perm");
    long[] out = new long[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = in[order == null ? in.length - 1 - i : (int) order[i]];
    }
    o.first(o.in(0).type(), out);
  }

  private static void squeeze(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] axes = o.integers("axes", 1);
    if (in == null || axes == null && (o.has(1) || Dims.elements(in) < 0)) {
      o.first(o.in(0).type(), null);
      return;
    }
    boolean[] gone = new boolean[in.length];
    if (axes == null) {
      for (int i = 0; i < in.length; i++) {
        gone[i] = in[i] == 1;
      }
    } else {
      for (long axis : axes) {
        gone[OpFacts.axis(axis, in.length)] = true;
      }
    }
    long[] out = new long[in.length];
    int rank = 0;
    for (int i = 0; i < in.length; i++) {
      if (!gone[i]) {
        out[rank++] = in[i];
      }
    }
    o.first(o.in(0).type(), Arrays.copyOf(out, rank));
  }

  private static void unsqueeze(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] axes = o.integers("axes", 1);
    if (in == null || axes == null) {
      o.first(o.in(0).type(), null);
      return;
    }
    long[] out = new long[in.length + axes.length];
    boolean[] added = new boolean[out.length];
    for (long axis : axes) {
      added[OpFacts.axis(axis, out.length)] = true;
    }
    int next = 0;
    for (int i = 0; i < out.length; i++) {
      out[i] = added[i] ? 1 : in[next++];
    }
    o.first(o.in(0).type(), out);
  }

  private static void concat(OpFacts o) {
    long[] out = o.in(0).dims() == null ? null : o.in(0).dims().clone();
    for (int i = 1; i < o.inputCount() && out != null; i++) {
      long[] dims = o.in(i).dims();
      if (dims == null || dims.length != out.length) {
        out = null;
        break;
      }
      int axis = o.axis("axis", 1, out.length);
      for (int j = 0; j < out.length; j++) {
        if (j != axis) {
          out[j] = out[j] == -1 ? dims[j] : out[j];
        } else {
          out[j] = out[j] < 0 || dims[j] < 0 ? -1 : out[j] + dims[j];
        }
      }
    }
    o.first(o.in(0).type(), out);
  }

  private static void split(OpFacts o) {
    Fact in = o.in(0);
    o.setAll(Fact.of(in.type(), unknown(in.rank())));
    if (in.dims() == null) {
      return;
    }
    int axis = o.axis("axis", 0, in.rank());
    int parts = o.node().getOutputCount();
    long[] sizes = o.integers("split", 1);
    long whole = in.dim(axis);
    for (int i = 0; i < parts; i++) {
      long[] out = in.dims().clone();
      out[axis] = -1;
      if (sizes != null) {
        out[axis] = sizes[i];
      } else if (whole >= 0 && !o.has(1)) {
        long each = Math.ceilDiv(whole, parts);
        out[axis] = Math.max(0, Math.min(each, whole - i * each));
      }
      o.set(i, Fact.of(in.type(), out));
    }
  }

  private static void pad(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] pads = o.integers("pads", 1);
    if (in == null || pads == null || o.has(3)) {
      o.first(o.in(0).type(), unknown(o.in(0).rank()));
      return;
    }
    long[] out = in.clone();
    for (int i = 0; i < in.length; i++) {
      out[i] = in[i] < 0 ? -1 : in[i] + pads[i] + pads[in.length + i];
    }
    o.first(o.in(0).type(), out);
  }

  private static void expand(OpFacts o) {
    double[] shape = o.in(1).values();
    if (shape == null) {
      o.first(o.in(0).type(), null);
      return;
    }
    long[] wanted = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      wanted[i] = Double.isNaN(shape[i]) ? -1 : (long) shape[i];
    }
    o.first(o.in(0).type(), ElementwiseRules.broadcast(o.in(0).dims(), wanted));
  }

  private static void tile(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] repeats = o.integers(1);
    if (in == null || repeats == null) {
      o.first(o.in(0).type(), unknown(o.in(0).rank()));
      return;
    }
    long[] out = in.clone();
    for (int i = 0; i < in.length; i++) {
      out[i] = in[i] < 0 ? -1 : in[i] * repeats[i];
    }
    o.first(o.in(0).type(), out);
  }

  private static void blocks(OpFacts o, boolean toSpace) {
    long[] in = o.in(0).dims();
    long size = o.integer("blocksize", 0);
    if (in == null || in.length != 4 || size < 1) {
      o.first(o.in(0).type(), null);
      return;
    }
    long[] out = in.clone();
    for (int i = 1; i < 4; i++) {
      long factor = i == 1 ? size * size : size;
      boolean grow = (i == 1) != toSpace;
      out[i] = in[i] < 0 ? -1 : grow ? in[i] * factor : in[i] / factor;
    }
    o.first(o.in(0).type(), out);
  }
}
