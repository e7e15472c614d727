package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The few things that are asked of PyTorch itself.
 *
 * <p>Gradients are not collected with DJL's {@code GradientCollector}: before each step it looks at
 * every array of the process and leaves two handles to the gradient of each parameter behind, and
 * one NaN gradient stays NaN, as it clears by subtracting. An array that DJL makes from a buffer
 * points into that buffer and PyTorch does not know of it, so what a gradient may need later is
 * made by PyTorch ({@link #floats}, {@link #scalar}).
 */
public final class Torch {

  private static final String OFFLINE = "ai.djl.offline";

  static {
    NativeMemory.keep();
  }

  private Torch() {}

  /**
   * The root of all arrays; close it to release them. The engine comes from the class path only.
   */
  public static NDManager newManager() {
    if (System.getProperty(OFFLINE) == null) {
      System.setProperty(OFFLINE, "true");
    }
    return NDManager.newBaseManager("PyTorch");
  }

  /** How many threads one operation may use. More than idle cores make everything crawl. */
  public static void setThreads(int threads) {
    if (threads < 1) {
      throw new TrainException(threads + " threads were asked for; at least 1 is needed.");
    }
    newManager().close(); // loads the engine
    JniUtils.setNumThreads(threads);
  }

  /** Starts PyTorch's own random numbers anew, which only dropout uses. */
  public static void setSeed(long seed) {
    JniUtils.setSeed(seed);
  }

  /** Runs with or without noting operations for gradients, on this thread. */
  static <T> T recording(boolean gradients, Supplier<T> work) {
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(gradients);
    try {
      return work.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /**
   * Adds the gradient of a loss to every parameter that it depends on.
   *
   * @param loss one value
   */
  public static void backward(NDArray loss) {
    try (NDArray one = loss.getManager().ones(loss.getShape(), loss.getDataType())) {
      JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
    }
  }

  /**
   * Computes a loss, noting operations, and adds its gradient to every parameter that it depends
   * on.
   *
   * @return the loss
   */
  public static double backward(Supplier<NDArray> loss) {
    return recording(
        true,
        () -> {
          NDArray value = loss.get();
          backward(value);
          return (double) value.toFloatArray()[0];
        });
  }

  /** What {@link #backward} has added so far; empty if nothing. The caller closes it. */
  public static Optional<NDArray> gradient(NDArray parameter) {
    return Optional.ofNullable(JniUtils.getGradient((PtNDArray) parameter));
  }

  /** Forgets what was added, NaN too. */
  public static void clearGradient(NDArray parameter) {
    try (PtNDArray gradient = JniUtils.getGradient((PtNDArray) parameter)) {
      if (gradient != null) {
        JniUtils.zeroGrad((PtNDArray) parameter);
      }
    }
  }

  /** The same values, through which gradients flow, as an array of another manager. */
  public static NDArray alias(NDArray array, NDManager scope) {
    NDArray alias = JniUtils.reshape((PtNDArray) array, array.getShape().getShape());
    alias.attach(scope);
    return alias;
  }

  /**
   * Consecutive indices of a dimension: a view, through which gradients flow.
   *
   * @param from the first
   * @param end after the last
   */
  public static NDArray slice(NDArray array, int axis, long from, long end) {
    return JniUtils.slice((PtNDArray) array, axis, from, end, 1);
  }

  /** Arrays one after another along a dimension; gradients flow to all of them. */
  public static NDArray join(List<NDArray> arrays, int axis) {
    return JniUtils.cat(arrays.toArray(PtNDArray[]::new), axis);
  }

  /** A constant without dimensions. */
  public static NDArray scalar(NDManager scope, double value) {
    return JniUtils.full(
        (PtNDManager) scope,
        new Shape(),
        value,
        DataType.FLOAT32,
        scope.getDevice(),
        SparseFormat.DENSE);
  }

  /** An array of floats in C order, in PyTorch's own memory. */
  public static NDArray floats(NDManager scope, FloatBuffer values, long... shape) {
    return owned(scope.create(values, new Shape(shape), DataType.FLOAT32));
  }

  /** An array of floats in C order, in PyTorch's own memory. */
  public static NDArray floats(NDManager scope, float[] values, long... shape) {
    return floats(scope, FloatBuffer.wrap(values), shape);
  }

  /** An array of integers in C order, in PyTorch's own memory. */
  public static NDArray longs(NDManager scope, long[] values, long... shape) {
    return owned(scope.create(LongBuffer.wrap(values), new Shape(shape), DataType.INT64));
  }

  /** Overwrites an array's values, in C order, whatever they were. */
  public static void set(@Nullable NDArray array, float[] values) {
    PtNDArray into = (PtNDArray) Objects.requireNonNull(array);
    long[] shape = into.getShape().getShape().clone();
    long[] ones = new long[shape.length];
    Arrays.fill(ones, 1);
    recording(
        false,
        () -> {
          try (NDArray fresh = floats(into.getManager(), values, shape)) {
            JniUtils.indexSet(into, (PtNDArray) fresh, new long[shape.length], shape, ones);
          }
          return true;
        });
  }

  private static NDArray owned(NDArray borrowed) {
    try (borrowed) {
      return borrowed.duplicate();
    }
  }
}
