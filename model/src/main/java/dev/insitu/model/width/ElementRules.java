package dev.insitu.model.width;

import dev.insitu.model.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Operators that work element by element, with broadcasting, or along some dimensions. */
final class ElementRules {

  private static final String SAME =
      """
      Abs Acos Acosh Asin Asinh Atan Atanh Cast CastLike Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu
      HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not QuickGelu Reciprocal Relu Round
      Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu
      """;

  private static final String BROADCAST =
      """
      Add And BiasGelu BitShift Div Equal FastGelu Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod
      Mul Or PRelu Pow Sub Sum Where Xor
      """;

  private static final String REDUCE =
      """
      ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
      ReduceSumSquare
      """;

  /** Since this version Softmax and its kin look at one dimension only. */
  private static final int SOFTMAX_ALONG_AXIS_SINCE = 13;

  private ElementRules() {}

  static void register(Map<String, Consumer<Step>> rules) {
    for (String op : Ops.names(SAME)) {
      rules.put(op, s -> s.first(s.in(0).axes()));
    }
    for (String op : Ops.names(BROADCAST)) {
      rules.put(op, ElementRules::broadcast);
    }
    for (String op : Ops.names(REDUCE)) {
      rules.put(op, ElementRules::reduce);
    }
    for (String op : new String[] {"Softmax", "LogSoftmax", "Hardmax"}) {
      rules.put(op, ElementRules::softmax);
    }
    for (String op : new String[] {"LayerNormalization", "RMSNormalization"}) {
      rules.put(op, s -> normalize(s, s.axis("axis", -1, s.in(0).rank()), s.in(0).rank()));
    }
    rules.put(
        "SimplifiedLayerNormalization",
        s -> normalize(s, s.axis("axis", -1, s.in(0).rank()), s.in(0).rank()));
    rules.put(
        "LpNormalization",
        s -> {
          int axis = s.axis("axis", -1, s.in(0).rank());
          normalize(s, axis, axis + 1);
        });
    rules.put("LRN", s -> normalize(s, 1, 2));
    rules.put(
        "Dropout",
        s -> {
          s.first(s.in(0).axes());
          s.set(1, s.in(0).axes());
        });
    rules.put("QuantizeLinear", ElementRules::quantize);
    rules.put("DequantizeLinear", ElementRules::quantize);
  }

  /** Joins dimensions of the same place, counted from the end. */
  private static void broadcast(Step s) {
    int rank = s.outDims(0).length;
    for (int i = 0; i < s.inputs(); i++) {
      if (s.in(i).rank() > rank) {
        s.pinInputs();
        return;
      }
    }
    List<Axis> result = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      result.add(joined(s, rank - axis));
    }
    s.first(result);
  }

  private static Axis joined(Step s, int fromEnd) {
    List<Axis> some = new ArrayList<>();
    for (int i = 0; i < s.inputs(); i++) {
      long[] dims = s.dims(i);
      int axis = dims.length - fromEnd;
      if (axis >= 0 && dims[axis] != 1) {
        some.add(s.axis(i, axis));
      }
    }
    return joined(s, some);
  }

  /** The dimension that all of these are. */
  static Axis joined(Step s, List<Axis> some) {
    if (some.isEmpty()) {
      return Axis.FIXED;
    }
    some.forEach(axis -> s.link(some.getFirst(), axis));
    return some.getFirst();
  }

  private static void reduce(Step s) {
    int rank = s.in(0).rank();
    long[] axes = s.integers("axes", 1);
    if (axes == null && s.has(1) || s.dims(0).length != rank) {
      s.pinInputs();
      return;
    }
    long[] listed = axes == null ? new long[0] : axes;
    boolean none = listed.length == 0;
    if (none && s.integer("noop_with_empty_axes", 0) == 1) {
      s.first(s.in(0).axes());
      return;
    }
    boolean[] gone = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      gone[i] = none;
    }
    for (long axis : listed) {
      gone[(int) (axis < 0 ? axis + rank : axis)] = true;
    }
    boolean keep = s.integer("keepdims", 1) == 1;
    List<Axis> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      if (gone[i]) {
        s.pin(s.axis(0, i));
      }
      if (!gone[i] || keep) {
        result.add(gone[i] ? Axis.FIXED : s.axis(0, i));
      }
    }
    s.first(result);
  }

  private static void softmax(Step s) {
    int rank = s.in(0).rank();
    boolean one = s.opset() >= SOFTMAX_ALONG_AXIS_SINCE;
    int axis = s.axis("axis", one ? -1 : 1, rank);
    normalize(s, axis, one ? axis + 1 : rank);
  }

  /** What is computed along the dimensions from one to before another depends on all of them. */
  private static void normalize(Step s, int from, int to) {
    List<Axis> result = new ArrayList<>(s.in(0).axes());
    for (int i = Math.max(0, from); i < Math.min(to, result.size()); i++) {
      s.pin(result.set(i, Axis.FIXED));
    }
    for (int i = 1; i < s.inputs(); i++) {
      s.in(i).axes().forEach(s::pin);
    }
    s.first(result);
  }

  /** With one scale for all, or one for each index of a dimension. */
  private static void quantize(Step s) {
    long[] scales = s.dims(1);
    boolean single = scales.length == 0 || scales.length == 1 && scales[0] == 1;
    boolean blocked = scales.length > 1 || s.integer("block_size", 0) > 0;
    int axis = s.axis("axis", 1, s.in(0).rank());
    if (blocked || !single && (axis < 0 || axis >= s.in(0).rank())) {
      s.pinInputs();
      return;
    }
    List<Axis> result = new ArrayList<>(s.in(0).axes());
    for (int i = 1; i < s.inputs() && !single; i++) {
      if (s.has(i)) {
        s.link(result.get(axis), s.axis(i, 0));
      }
    }
    s.first(result);
  }
}
