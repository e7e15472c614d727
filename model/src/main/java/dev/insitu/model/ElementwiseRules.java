package dev.insitu.model;

import dev.insitu.model.proto.TensorProto.DataType;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Operators that work element by element, with broadcasting, or keep their input's shape. */
final class ElementwiseRules {

  private static final String LIKE_FIRST_INPUT =
      """
      Abs Acos Acosh Asin Asinh Atan Atanh BiasGelu BitwiseNot Ceil Celu Clip Cos Cosh CumSum Elu Erf Exp
      FastGelu Floor Gelu GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization
      LRN LeakyRelu Log LogSoftmax LpNormalization MeanVarianceNormalization Mish Neg QuickGelu
      Reciprocal Relu ReverseSequence RotaryEmbedding Round Scatter ScatterElements ScatterND Selu Shrink
      Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh TensorScatter ThresholdedRelu
      Trilu PRelu RMSNormalization SimplifiedLayerNormalization SkipLayerNormalization
      SkipSimplifiedLayerNormalization LayerNormalization BatchNormalization QLinearSigmoid
      QLinearLeakyRelu QLinearSoftmax
      """;

  private static final String BROADCAST =
      """
      Add Sub Mul Div Pow Mod BitShift BitwiseAnd BitwiseOr BitwiseXor Min Max Sum Mean
      """;

  private static final String COMPARE =
      """
      Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor
      """;

  private static final int BOOL_MASK_SINCE = 10;

  private static final Set<String> FUSED =
      Set.copyOf(
          Ops.names(LIKE_FIRST_INPUT + BROADCAST + "QuantizeLinear DequantizeLinear QLinearAdd"));

  private ElementwiseRules() {}

  static void register(Map<String, Consumer<OpFacts>> rules) {
    for (String op : Ops.names(LIKE_FIRST_INPUT)) {
      rules.put(op, o -> o.set(0, Fact.of(o.in(0).type(), o.in(0).dims())));
    }
    for (String op : Ops.names(BROADCAST)) {
      rules.put(op, o -> o.first(o.in(0).type(), broadcastInputs(o)));
    }
    for (String op : Ops.names(COMPARE)) {
      rules.put(op, o -> o.first(DataType.BOOL_VALUE, broadcastInputs(o)));
    }
    for (String op : new String[] {"Not", "IsNaN", "IsInf"}) {
      rules.put(op, o -> o.first(DataType.BOOL_VALUE, o.in(0).dims()));
    }
    rules.put("Where", o -> o.first(o.in(1).type(), broadcastInputs(o)));
    rules.put("Cast", o -> o.first((int) o.integer("to", 0), o.in(0).dims()));
    rules.put("CastLike", o -> o.first(o.in(1).type(), o.in(0).dims()));
    rules.put("Bernoulli", ElementwiseRules::typed);
    rules.put("RandomNormalLike", ElementwiseRules::typed);
    rules.put("RandomUniformLike", ElementwiseRules::typed);
    rules.put("EyeLike", ElementwiseRules::typed);
    rules.put(
        "Dropout",
        o -> {
          int mask = o.opset() < BOOL_MASK_SINCE ? o.in(0).type() : DataType.BOOL_VALUE;
          o.set(1, Fact.of(mask, o.in(0).dims()));
          o.first(o.in(0).type(), o.in(0).dims());
        });
    quantization(rules);
  }

  /**
   * Whether an operator works element by element or by channel, so that it is often fused with what
   * computes its input.
   */
  static boolean adjusts(String op) {
    return FUSED.contains(op);
  }

  private static void quantization(Map<String, Consumer<OpFacts>> rules) {
    rules.put(
        "QuantizeLinear",
        o -> {
          int given = (int) o.integer("output_dtype", 0);
          int type = o.has(2) ? o.in(2).type() : given == 0 ? DataType.UINT8_VALUE : given;
          o.first(type, o.in(0).dims());
        });
    rules.put(
        "DequantizeLinear",
        o -> {
          int given = (int) o.integer("output_dtype", 0);
          o.first(given == 0 ? o.in(1).type() : given, o.in(0).dims());
        });
    rules.put(
        "DynamicQuantizeLinear",
        o -> {
          o.first(DataType.UINT8_VALUE, o.in(0).dims());
          o.set(1, Fact.of(DataType.FLOAT_VALUE));
          o.set(2, Fact.of(DataType.UINT8_VALUE));
        });
    for (String op : new String[] {"QLinearAdd", "QLinearMul"}) {
      rules.put(op, o -> o.first(o.in(0).type(), broadcast(o.in(0).dims(), o.in(3).dims())));
    }
  }

  private static void typed(OpFacts o) {
    int given = (int) o.integer("dtype", 0);
    o.first(given == 0 ? o.in(0).type() : given, o.in(0).dims());
  }

  private static long @Nullable [] broadcastInputs(OpFacts o) {
    long[] dims = o.in(0).dims();
    for (int i = 1; i < o.inputCount(); i++) {
      dims = broadcast(dims, o.in(i).dims());
    }
    return dims;
  }

  /** The shape of two tensors joined element by element; null if unknown or not possible. */
  static long @Nullable [] broadcast(long @Nullable [] a, long @Nullable [] b) {
    if (a == null || b == null) {
      return null;
    }
    long[] dims = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= dims.length; i++) {
      long left = i <= a.length ? a[a.length - i] : 1;
      long right = i <= b.length ? b[b.length - i] : 1;
      if (left != right && left > 1 && right > 1) {
        return null;
      }
      dims[dims.length - i] =
          left == right || right == 1 ? left : left == 1 ? right : known(left, right);
    }
    return dims;
  }

  /**
   * One of the two is unknown, or both differ and one is 0: what is known and not 1 must be the
   * result.
   */
  private static long known(long left, long right) {
    return left == -1 ? right : left;
  }
}
