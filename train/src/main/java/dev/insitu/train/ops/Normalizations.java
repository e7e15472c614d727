package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Normalisations of a batch, a channel, a layer or a neighbourhood. */
final class Normalizations {

  private static final float USUAL_EPSILON = 1e-5f;
  private static final int GROUP_SCALE_BY_CHANNEL_SINCE = 21;

  private Normalizations() {}

  static void register(Map<String, Entry> into) {
    add(into, "BatchNormalization", Normalizations::batch);
    add(into, "InstanceNormalization", Normalizations::instance);
    add(into, "GroupNormalization", 18, Normalizations::group);
    add(into, "LayerNormalization", 17, Normalizations::layer);
    add(into, "RMSNormalization", 23, Normalizations::rootMeanSquare);
    add(into, "LRN", Normalizations::neighbours);
  }

  /**
   * ONNX's momentum is the share of the old statistics, PyTorch's that of the new ones. The running
   * variance is the unbiased one, as PyTorch has it.
   */
  private static NDArray batch(OpCall c) {
    if (c.node().getOutputCount() > 1 && !c.node().getOutput(1).isEmpty()) {
      throw c.lacks("statistics as outputs");
    }
    PtNDArray x = c.in(0);
    return x.getNDArrayInternal()
        .batchNorm(
            x,
            c.in(3),
            c.in(4),
            c.in(1),
            c.in(2),
            1,
            1 - c.real("momentum", 0.9f),
            c.real("epsilon", USUAL_EPSILON),
            c.training())
        .singletonOrThrow();
  }

  private static NDArray instance(OpCall c) {
    long[] dims = c.dims(0);
    int[] axes = IntStream.range(2, dims.length).toArray();
    NDArray normal = c.passing(standardised(c, c.in(0), axes));
    return byChannel(c, normal, dims.length);
  }

  private static NDArray group(OpCall c) {
    long[] dims = c.dims(0);
    long groups = c.integer("num_groups", 1);
    PtNDArray rows = c.passing(JniUtils.reshape(c.in(0), new long[] {dims[0], groups, -1}));
    NDArray normal = c.passing(standardised(c, rows, 2));
    if (c.opset() >= GROUP_SCALE_BY_CHANNEL_SINCE) {
      return byChannel(c, c.passing(normal.reshape(new Shape(dims))), dims.length);
    }
    NDArray scaled = c.passing(byChannel(c, normal, 3));
    return scaled.reshape(new Shape(dims));
  }

  private static NDArray byChannel(OpCall c, NDArray normal, int rank) {
    long[] shape = Windows.ones(rank);
    shape[1] = -1;
    NDArray scale = c.passing(JniUtils.reshape(c.in(1), shape));
    NDArray shift = c.passing(JniUtils.reshape(c.in(2), shape));
    return c.passing(normal.mul(scale)).add(shift);
  }

  /** Mean 0 and variance 1 over the axes. */
  private static NDArray standardised(OpCall c, PtNDArray x, int... axes) {
    NDArray centred = c.passing(x.sub(c.passing(Reductions.mean(c, x, axes, true))));
    return scaledToOne(c, centred, axes);
  }

  private static NDArray scaledToOne(OpCall c, NDArray centred, int... axes) {
    PtNDArray squares = (PtNDArray) c.passing(centred.mul(centred));
    NDArray variance = c.passing(Reductions.mean(c, squares, axes, true));
    NDArray guarded = c.passing(variance.add(c.scalar(c.real("epsilon", USUAL_EPSILON))));
    return centred.div(c.passing(guarded.sqrt()));
  }

  private static NDArray layer(OpCall c) {
    if (c.node().getOutputCount() > 1) {
      throw c.lacks("mean and deviation as outputs");
    }
    long[] dims = c.dims(0);
    int axis = c.axis("axis", -1, dims.length);
    Shape normal = new Shape(Arrays.copyOfRange(dims, axis, dims.length));
    PtNDArray scale = filled(c, c.in(1), normal);
    PtNDArray shift =
        c.has(2) ? filled(c, c.in(2), normal) : c.passing((PtNDArray) c.scope().zeros(normal));
    return JniUtils.layerNorm(c.in(0), normal, scale, shift, c.real("epsilon", USUAL_EPSILON));
  }

  private static PtNDArray filled(OpCall c, PtNDArray array, Shape shape) {
    return array.getShape().equals(shape) ? array : c.passing(JniUtils.broadcast(array, shape));
  }

  private static NDArray rootMeanSquare(OpCall c) {
    int rank = c.rank(0);
    int[] axes = IntStream.range(c.axis("axis", -1, rank), rank).toArray();
    return c.passing(scaledToOne(c, c.in(0), axes)).mul(c.in(1));
  }

  /** The mean of squares over neighbouring channels is a pooling of one channel's row. */
  private static NDArray neighbours(OpCall c) {
    long size = c.integer("size", 1);
    long[] dims = c.dims(0);
    long before = (size - 1) / 2;
    PtNDArray squares = c.passing(c.in(0).mul(c.in(0)));
    PtNDArray plane = c.passing(JniUtils.reshape(squares, new long[] {dims[0], 1, dims[1], -1}));
    PtNDArray padded =
        c.passing(JniUtils.pad(plane, new long[] {0, 0, before, size - 1 - before}, 0));
    PtNDArray means =
        c.passing(
            JniUtils.avgPool(
                padded, new Shape(size, 1), new Shape(1, 1), new Shape(0, 0), false, true));
    NDArray shaped = c.passing(JniUtils.reshape(means, dims));
    NDArray scaled = c.passing(shaped.mul(c.scalar(c.real("alpha", 1e-4f))));
    NDArray base = c.passing(scaled.add(c.scalar(c.real("bias", 1))));
    PtNDArray exponent = (PtNDArray) c.scalar(c.real("beta", 0.75f));
    return c.in(0).div(c.passing(JniUtils.pow((PtNDArray) base, exponent)));
  }
}
