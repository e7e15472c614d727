package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** Sums, means and extremes over dimensions. */
final class Reductions {

  private interface Reduction {
    NDArray apply(OpCall c, PtNDArray x, int[] axes, boolean keep);
  }

  private Reductions() {}

  static void register(Map<String, Entry> into) {
    add(into, "ReduceSum", c -> reduce(c, Reductions::sum));
    add(into, "ReduceMean", c -> reduce(c, Reductions::mean));
    add(into, "ReduceMax", c -> reduce(c, Reductions::max));
    add(into, "ReduceMin", c -> reduce(c, Reductions::min));
    add(into, "ReduceProd", c -> reduce(c, Reductions::product));
    add(into, "ReduceSumSquare", c -> reduce(c, Reductions::squares));
    add(into, "ReduceL2", c -> reduce(c, Reductions::length));
    add(into, "ReduceL1", c -> reduce(c, (d, x, a, k) -> sum(d, d.passing(JniUtils.abs(x)), a, k)));
    add(into, "ArgMax", c -> arg(c, JniUtils::argMax));
    add(into, "ArgMin", c -> arg(c, JniUtils::argMin));
  }

  /** Axes are an attribute in old versions, an input in new ones, and if absent all. */
  private static NDArray reduce(OpCall c, Reduction reduction) {
    long[] given = c.longs("axes", 1);
    int rank = c.rank(0);
    if (given == null || given.length == 0) {
      if (c.integer("noop_with_empty_axes", 0) != 0) {
        return c.in(0);
      }
      given = IntStream.range(0, rank).asLongStream().toArray();
    }
    int[] axes = Arrays.stream(given).mapToInt(axis -> c.axis(axis, rank)).sorted().toArray();
    boolean keep = c.integer("keepdims", 1) != 0;
    return axes.length == 0 ? c.in(0) : reduction.apply(c, c.in(0), axes, keep);
  }

  static NDArray sum(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    return JniUtils.sum(x, Arrays.stream(axes).asLongStream().toArray(), keep);
  }

  static NDArray mean(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    if (axes.length == 1 && x.getDataType() == DataType.FLOAT32) {
      return JniUtils.mean(x, axes[0], keep);
    }
    long count = 1;
    for (int axis : axes) {
      count *= x.getShape().get(axis);
    }
    return c.passing(sum(c, x, axes, keep)).mul(c.scalar(1.0 / count));
  }

  static NDArray max(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    return oneByOne(c, x, axes, keep, JniUtils::max);
  }

  private static NDArray min(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    return oneByOne(c, x, axes, keep, JniUtils::min);
  }

  private static NDArray product(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    return oneByOne(c, x, axes, keep, JniUtils::prod);
  }

  private static NDArray squares(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    return sum(c, c.passing(JniUtils.mul(x, x)), axes, keep);
  }

  private static NDArray length(OpCall c, PtNDArray x, int[] axes, boolean keep) {
    return c.passing(squares(c, x, axes, keep)).sqrt();
  }

  private interface AlongAxis {
    PtNDArray apply(PtNDArray x, long axis, boolean keep);
  }

  /** The dimensions that remain first become one, so that one step does. */
  private static NDArray oneByOne(
      OpCall c, PtNDArray x, int[] axes, boolean keep, AlongAxis function) {
    PtNDArray result = x;
    for (int i = axes.length - 1; i >= 0; i--) {
      PtNDArray next = function.apply(result, axes[i], keep);
      if (i < axes.length - 1) {
        c.passing(result);
      }
      result = next;
    }
    return result;
  }

  private static NDArray arg(OpCall c, AlongAxis function) {
    if (c.integer("select_last_index", 0) != 0) {
      throw c.lacks("the last of equal values");
    }
    int axis = c.axis("axis", 0, c.rank(0));
    PtNDArray index = function.apply(c.in(0), axis, true);
    if (c.integer("keepdims", 1) != 0) {
      return index;
    }
    long[] dims = OpCall.dims(index);
    long[] fewer =
        IntStream.range(0, dims.length).filter(i -> i != axis).mapToLong(i -> dims[i]).toArray();
    return c.passing(index).reshape(new Shape(fewer));
  }
}
