package dev.insitu.model;

import dev.insitu.model.proto.TensorProto.DataType;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Convolutions and pooling: operators that slide a window over {@code [n, c, spatial...]}. */
final class WindowRules {

  private WindowRules() {}

  static void register(Map<String, Consumer<OpFacts>> rules) {
    rules.put("Conv", o -> conv(o, 0, 1, o.in(0).type()));
    rules.put("FusedConv", o -> conv(o, 0, 1, o.in(0).type()));
    rules.put("ConvInteger", o -> conv(o, 0, 1, DataType.INT32_VALUE));
    rules.put("QLinearConv", o -> conv(o, 0, 3, o.in(7).type()));
    rules.put("ConvTranspose", WindowRules::convTranspose);
    for (String op : new String[] {"MaxPool", "AveragePool", "LpPool"}) {
      rules.put(op, WindowRules::pool);
    }
    for (String op : new String[] {"GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"}) {
      rules.put(op, o -> o.first(o.in(0).type(), global(o.in(0).dims())));
    }
  }

  private static void conv(OpFacts o, int x, int w, int type) {
    long[] in = o.in(x).dims();
    long[] weight = o.in(w).dims();
    if (in == null || weight == null || in.length != weight.length) {
      o.first(type, unknown(in == null ? weight : in));
      return;
    }
    long[] out = in.clone();
    out[1] = weight[0];
    Window window = Window.of(o, Arrays.copyOfRange(weight, 2, weight.length));
    for (int i = 2; i < in.length; i++) {
      out[i] = window.slide(in[i], i - 2, false);
    }
    o.first(type, out);
  }

  private static void convTranspose(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] weight = o.in(1).dims();
    if (in == null || weight == null || in.length != weight.length) {
      o.first(o.in(0).type(), unknown(in == null ? weight : in));
      return;
    }
    long[] out = in.clone();
    out[1] = weight[1] < 0 ? -1 : weight[1] * o.integer("group", 1);
    Window window = Window.of(o, Arrays.copyOfRange(weight, 2, weight.length));
    long[] shape = Ops.integers(o.node(), "output_shape");
    long[] padding = Ops.integers(o.node(), "output_padding");
    for (int i = 2; i < in.length; i++) {
      long extra = padding == null ? 0 : padding[i - 2];
      out[i] =
          shape == null ? window.spread(in[i], i - 2, extra) : shape[shape.length - in.length + i];
    }
    o.first(o.in(0).type(), out);
  }

  private static void pool(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] kernel = Ops.integers(o.node(), "kernel_shape");
    int type = o.in(0).type();
    o.set(1, Fact.ofType(DataType.INT64_VALUE));
    if (in == null || kernel == null || in.length != kernel.length + 2) {
      o.first(type, unknown(in));
      return;
    }
    long[] out = in.clone();
    Window window = Window.of(o, kernel);
    for (int i = 2; i < in.length; i++) {
      out[i] = window.slide(in[i], i - 2, o.integer("ceil_mode", 0) == 1);
    }
    o.first(type, out);
    o.set(1, Fact.of(DataType.INT64_VALUE, out));
  }

  private static long @Nullable [] global(long @Nullable [] in) {
    if (in == null || in.length < 2) {
      return null;
    }
    long[] out = in.clone();
    Arrays.fill(out, 2, out.length, 1);
    return out;
  }

  /** A shape of which only the number of dimensions is known. */
  private static long @Nullable [] unknown(long @Nullable [] like) {
    if (like == null) {
      return null;
    }
    long[] out = new long[like.length];
    Arrays.fill(out, -1);
    return out;
  }
}
