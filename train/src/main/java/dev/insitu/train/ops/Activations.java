package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Arrays;
import java.util.Map;

/** Functions between layers. */
final class Activations {

  private static final int SOFTMAX_ALONG_AXIS_SINCE = 13;
  private static final float SELU_ALPHA = 1.6732632f;
  private static final float SELU_GAMMA = 1.050701f;

  private Activations() {}

  static void register(Map<String, Entry> into) {
    add(into, "Relu", c -> JniUtils.relu(c.in(0)));
    add(into, "LeakyRelu", c -> JniUtils.leakyRelu(c.in(0), c.real("alpha", 0.01f)));
    add(into, "PRelu", Activations::prelu);
    add(into, "Elu", c -> JniUtils.elu(c.in(0), c.real("alpha", 1)));
    add(into, "Selu", Activations::selu);
    add(into, "Sigmoid", c -> JniUtils.sigmoid(c.in(0)));
    add(into, "HardSigmoid", c -> hardSigmoid(c, c.real("alpha", 0.2f), c.real("beta", 0.5f)));
    add(into, "HardSwish", 14, c -> c.in(0).mul(c.passing(hardSigmoid(c, 1f / 6, 0.5f))));
    add(into, "Tanh", c -> JniUtils.tanh(c.in(0)));
    add(into, "Softplus", c -> JniUtils.softPlus(c.in(0)));
    add(into, "Softsign", c -> JniUtils.softSign(c.in(0)));
    add(
        into,
        "Mish",
        18,
        c -> c.in(0).mul(c.passing(c.passing(JniUtils.softPlus(c.in(0))).tanh())));
    add(into, "Gelu", 20, Activations::gelu);
    add(into, "Clip", Activations::clip);
    add(into, "Softmax", c -> softmax(c, JniUtils::softmax));
    add(into, "LogSoftmax", c -> softmax(c, JniUtils::logSoftmax));
    add(into, "Identity", c -> c.in(0));
    into.put("Dropout", new Entry(Operators.MIN_OPSET, Dropout::apply));
  }

  private static NDArray prelu(OpCall c) {
    NDArray below = c.passing(JniUtils.relu(c.passing(JniUtils.neg(c.in(0)))));
    NDArray above = c.passing(JniUtils.relu(c.in(0)));
    return above.sub(c.passing(below.mul(c.in(1))));
  }

  private static NDArray selu(OpCall c) {
    float alpha = c.real("alpha", SELU_ALPHA);
    return JniUtils.elu(c.in(0), alpha).mul(c.scalar(c.real("gamma", SELU_GAMMA)));
  }

  private static NDArray hardSigmoid(OpCall c, float alpha, float beta) {
    NDArray line = c.passing(c.in(0).mul(c.scalar(alpha)));
    return between((PtNDArray) c.passing(line.add(c.scalar(beta))), 0, 1);
  }

  private static NDArray gelu(OpCall c) {
    if (!c.text("approximate", "none").equals("tanh")) {
      return JniUtils.gelu(c.in(0));
    }
    PtNDArray x = c.in(0);
    NDArray cube = c.passing(c.passing(x.mul(x)).mul(x));
    NDArray inner = c.passing(x.add(c.passing(cube.mul(c.scalar(0.044715)))));
    NDArray tanh = c.passing(c.passing(inner.mul(c.scalar(Math.sqrt(2 / Math.PI)))).tanh());
    NDArray half = c.passing(x.mul(c.scalar(0.5)));
    return half.mul(c.passing(tanh.add(c.scalar(1))));
  }

  /** Limits are attributes before version 11, inputs from then on. */
  private static NDArray clip(OpCall c) {
    float low = c.has(1) ? number(c, 1) : c.real("min", Float.NEGATIVE_INFINITY);
    float high = c.has(2) ? number(c, 2) : c.real("max", Float.POSITIVE_INFINITY);
    if (c.in(0).getDataType() != DataType.FLOAT32) {
      return JniUtils.clip(c.in(0), (long) low, (long) high);
    }
    return low == 0 && high == Float.POSITIVE_INFINITY
        ? JniUtils.relu(c.in(0))
        : between(c.in(0), low, high);
  }

  private static float number(OpCall c, int input) {
    return c.in(input).getDataType() == DataType.FLOAT32
        ? c.in(input).toFloatArray()[0]
        : c.longs(input)[0];
  }

  /** The limits stay in the scope: gradients need them. */
  private static NDArray between(PtNDArray x, float low, float high) {
    return JniUtils.clip(x, low, high);
  }

  private interface Along {
    PtNDArray apply(PtNDArray array, long axis, DataType type);
  }

  /** Before version 13 everything from the axis on is one row. */
  private static NDArray softmax(OpCall c, Along function) {
    boolean along = c.opset() >= SOFTMAX_ALONG_AXIS_SINCE;
    int axis = c.axis("axis", along ? -1 : 1, c.rank(0));
    long[] dims = c.dims(0);
    if (along || axis == dims.length - 1) {
      return function.apply(c.in(0), axis, DataType.FLOAT32);
    }
    long rows = Arrays.stream(dims, 0, axis).reduce(1, Math::multiplyExact);
    PtNDArray flat = c.passing(JniUtils.reshape(c.in(0), new long[] {rows, -1}));
    return JniUtils.reshape(c.passing(function.apply(flat, 1, DataType.FLOAT32)), dims);
  }
}
