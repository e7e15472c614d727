package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Operators that look elements up, reduce dimensions or make tensors from shapes. */
final class IndexRules {

  private static final String REDUCE =
      """
      ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
      ReduceSumSquare
      """;

  /** Operators whose result has the first input's type and a shape that depends on data. */
  private static final String LIKE_FIRST_TYPE =
      """
      Compress Unique STFT DFT RoiAlign MaxRoiPool GridSample Col2Im CenterCropPad MaxUnpool Attention
      MultiHeadAttention GroupQueryAttention Det QLinearAveragePool
      QLinearGlobalAveragePool NhwcMaxPool
      """;

  private IndexRules() {}

  static void register(Map<String, Consumer<OpFacts>> rules) {
    for (String op : Ops.names(REDUCE)) {
      rules.put(op, o -> o.first(o.in(0).type(), reduced(o)));
    }
    for (String op : Ops.names(LIKE_FIRST_TYPE)) {
      rules.put(op, o -> o.set(0, Fact.ofType(o.in(0).type())));
    }
    rules.put("QLinearConcat", o -> o.set(0, Fact.ofType(o.in(1).type())));
    rules.put("ArgMax", IndexRules::argument);
    rules.put("ArgMin", IndexRules::argument);
    rules.put("Shape", IndexRules::shape);
    rules.put("Size", o -> o.first(DataType.INT64_VALUE, new long[0]));
    rules.put("Gather", IndexRules::gather);
    rules.put("GatherElements", o -> o.first(o.in(0).type(), o.in(1).dims()));
    rules.put("GatherND", IndexRules::gatherNd);
    rules.put("NonZero", o -> o.first(DataType.INT64_VALUE, new long[] {o.in(0).rank(), -1}));
    rules.put("NonMaxSuppression", o -> o.first(DataType.INT64_VALUE, new long[] {-1, 3}));
    rules.put("TopK", IndexRules::topK);
    rules.put("OneHot", IndexRules::oneHot);
    rules.put("Range", o -> o.first(o.in(0).type(), new long[] {-1}));
    rules.put("ConstantOfShape", IndexRules::constantOfShape);
    rules.put("RandomNormal", IndexRules::random);
    rules.put("RandomUniform", IndexRules::random);
  }

  private static long @Nullable [] reduced(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] axes = o.integers("axes", 1);
    if (in == null || axes == null && o.has(1)) {
      return o.integer("keepdims", 1) == 1 ? MovementRules.unknown(o.in(0).rank()) : null;
    }
    boolean all = axes == null || axes.length == 0;
    if (all && o.integer("noop_with_empty_axes", 0) == 1) {
      return in;
    }
    boolean[] gone = new boolean[in.length];
    Arrays.fill(gone, all);
    if (axes != null) {
      for (long axis : axes) {
        gone[OpFacts.axis(axis, in.length)] = true;
      }
    }
    return without(in, gone, o.integer("keepdims", 1) == 1);
  }

  private static long[] without(long[] in, boolean[] gone, boolean keep) {
    long[] out = new long[in.length];
    int rank = 0;
    for (int i = 0; i < in.length; i++) {
      if (!gone[i] || keep) {
        out[rank++] = gone[i] ? 1 : in[i];
      }
    }
    return Arrays.copyOf(out, rank);
  }

  private static void argument(OpFacts o) {
    long[] in = o.in(0).dims();
    if (in == null) {
      o.first(DataType.INT64_VALUE, null);
      return;
    }
    boolean[] gone = new boolean[in.length];
    gone[o.axis("axis", 0, in.length)] = true;
    o.first(DataType.INT64_VALUE, without(in, gone, o.integer("keepdims", 1) == 1));
  }

  private static void shape(OpFacts o) {
    Fact in = o.in(0);
    if (in.dims() == null) {
      o.first(DataType.INT64_VALUE, new long[] {-1});
      return;
    }
    int rank = in.rank();
    int start = Math.clamp(o.axis("start", 0, rank), 0, rank);
    int end = Math.clamp(o.axis("end", rank, rank), start, rank);
    double[] values = new double[end - start];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.dims()[start + i] < 0 ? Double.NaN : in.dims()[start + i];
    }
    o.set(0, Fact.ofInts(values));
  }

  private static void gather(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] indices = o.in(1).dims();
    if (in == null || indices == null) {
      o.first(o.in(0).type(), null);
      return;
    }
    int axis = o.axis("axis", 0, in.length);
    long[] out = new long[in.length + indices.length - 1];
    System.arraycopy(in, 0, out, 0, axis);
    System.arraycopy(indices, 0, out, axis, indices.length);
    System.arraycopy(in, axis + 1, out, axis + indices.length, in.length - axis - 1);
    o.first(o.in(0).type(), out);
  }

  private static void gatherNd(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] indices = o.in(1).dims();
    long depth = o.in(1).dim(-1);
    if (in == null || indices == null || depth < 0) {
      o.first(o.in(0).type(), null);
      return;
    }
    int kept = (int) (o.integer("batch_dims", 0) + depth);
    long[] out = Arrays.copyOf(indices, indices.length - 1 + in.length - kept);
    System.arraycopy(in, kept, out, indices.length - 1, in.length - kept);
    o.first(o.in(0).type(), out);
  }

  private static void topK(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] out = null;
    if (in != null) {
      long[] k = o.integers(1);
      out = in.clone();
      out[o.axis("axis", -1, in.length)] =
          k != null && k.length == 1 ? k[0] : o.has(1) ? -1 : o.integer("k", -1);
    }
    o.set(1, Fact.of(DataType.INT64_VALUE, out));
    o.first(o.in(0).type(), out);
  }

  private static void oneHot(OpFacts o) {
    long[] in = o.in(0).dims();
    long[] depth = o.integers(1);
    if (in == null) {
      o.first(o.in(2).type(), null);
      return;
    }
    int axis = o.axis("axis", -1, in.length + 1);
    long[] out = new long[in.length + 1];
    System.arraycopy(in, 0, out, 0, axis);
    out[axis] = depth != null && depth.length == 1 ? depth[0] : -1;
    System.arraycopy(in, axis, out, axis + 1, in.length - axis);
    o.first(o.in(2).type(), out);
  }

  private static void constantOfShape(OpFacts o) {
    AttributeProto value = Ops.attribute(o.node(), "value");
    int type = value == null ? DataType.FLOAT_VALUE : value.getT().getDataType();
    long[] dims = o.integers(0);
    o.first(
        type,
        dims != null ? dims : o.in(0).rank() == 1 ? MovementRules.unknown(o.in(0).dim(0)) : null);
  }

  private static void random(OpFacts o) {
    o.first((int) o.integer("dtype", DataType.FLOAT_VALUE), Ops.integers(o.node(), "shape"));
  }
}
