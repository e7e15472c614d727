package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.Torch;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Largest values and means of windows. */
final class Pooling {

  private Pooling() {}

  static void register(Map<String, Entry> into) {
    add(into, "MaxPool", Pooling::max);
    add(into, "AveragePool", Pooling::average);
    add(into, "GlobalMaxPool", c -> Reductions.max(c, c.in(0), spatial(c), true));
    add(into, "GlobalAveragePool", c -> Reductions.mean(c, c.in(0), spatial(c), true));
  }

  private static int[] spatial(OpCall c) {
    return IntStream.range(2, c.rank(0)).toArray();
  }

  private static Windows windows(OpCall c) {
    return Windows.of(c, c.longs("kernel_shape", new long[0]));
  }

  private static boolean ceil(OpCall c) {
    return c.integer("ceil_mode", 0) != 0;
  }

  private static NDArray max(OpCall c) {
    if (c.node().getOutputCount() > 1) {
      throw c.lacks("indices as an output");
    }
    Windows windows = windows(c);
    PtNDArray x = c.in(0);
    boolean fits = windows.isSymmetric() && !ceil(c);
    for (int i = 0; i < windows.count(); i++) {
      fits &= 2 * windows.before()[i] <= windows.kernel()[i];
    }
    long[] pads = windows.before();
    if (!fits || windows.isDilated()) {
      x = c.passing(filledUp(c, windows, Float.NEGATIVE_INFINITY));
      pads = new long[windows.count()];
    }
    if (windows.isDilated()) {
      return largestOfPoints(c, x, windows);
    }
    return JniUtils.maxPool(
        x, new Shape(windows.kernel()), new Shape(windows.strides()), new Shape(pads), false);
  }

  /** The input padded so that all places of the window, and nothing else, fit. */
  private static PtNDArray filledUp(OpCall c, Windows windows, double value) {
    long[] after = new long[windows.count()];
    for (int i = 0; i < after.length; i++) {
      long size = c.dims(0)[i + 2];
      long places = windows.places(i, size, ceil(c));
      after[i] =
          (places - 1) * windows.strides()[i] + windows.extent(i) - size - windows.before()[i];
    }
    return Windows.padded(c.in(0), windows.before(), after, value);
  }

  /** For each point of the window all places at once. */
  private static NDArray largestOfPoints(OpCall c, PtNDArray x, Windows windows) {
    long points = Arrays.stream(windows.kernel()).reduce(1, Math::multiplyExact);
    NDArray largest = point(c, x, windows, 0);
    for (long p = 1; p < points; p++) {
      largest = c.passing(largest.maximum(point(c, x, windows, p)));
    }
    return c.kept(largest);
  }

  private static NDArray point(OpCall c, PtNDArray x, Windows windows, long number) {
    PtNDArray part = x;
    long rest = number;
    for (int i = windows.count() - 1; i >= 0; i--) {
      long from = rest % windows.kernel()[i] * windows.dilations()[i];
      rest /= windows.kernel()[i];
      long places = windows.places(i, c.dims(0)[i + 2], ceil(c));
      long to = from + (places - 1) * windows.strides()[i] + 1;
      part = c.passing(JniUtils.slice(part, i + 2, from, to, windows.strides()[i]));
    }
    return part;
  }

  private static NDArray average(OpCall c) {
    Windows windows = windows(c);
    boolean padsCount = c.integer("count_include_pad", 0) != 0;
    if (windows.isDilated()) {
      throw c.lacks("dilations");
    }
    Shape kernel = new Shape(windows.kernel());
    Shape strides = new Shape(windows.strides());
    boolean fits = windows.isSymmetric() && !ceil(c);
    for (int i = 0; i < windows.count(); i++) {
      // The bindings count padding in any case.
      fits &= padsCount ? 2 * windows.before()[i] <= windows.kernel()[i] : windows.before()[i] == 0;
    }
    if (fits) {
      return JniUtils.avgPool(c.in(0), kernel, strides, new Shape(windows.before()), false, true);
    }
    PtNDArray filled = c.passing(filledUp(c, windows, 0));
    PtNDArray means =
        c.passing(
            JniUtils.avgPool(
                filled, kernel, strides, new Shape(new long[windows.count()]), false, true));
    NDArray result = means;
    for (int i = 0; i < windows.count(); i++) {
      NDArray factors = factors(c, windows, i, padsCount);
      result = factors == null ? result : c.passing(result.mul(factors));
    }
    return c.kept(result);
  }

  /** By place along one dimension: the window's points over those that count; null if all 1. */
  private static @Nullable NDArray factors(OpCall c, Windows windows, int i, boolean padsCount) {
    long size = c.dims(0)[i + 2];
    long first = padsCount ? 0 : windows.before()[i];
    long end = windows.before()[i] + size + (padsCount ? windows.after()[i] : 0);
    float[] factors = new float[(int) windows.places(i, size, ceil(c))];
    boolean same = true;
    for (int p = 0; p < factors.length; p++) {
      long from = p * windows.strides()[i];
      long counted = Math.min(end, from + windows.kernel()[i]) - Math.max(first, from);
      factors[p] = (float) windows.kernel()[i] / counted;
      same &= factors[p] == 1;
    }
    if (same) {
      return null;
    }
    long[] shape = Windows.ones(c.rank(0));
    shape[i + 2] = factors.length;
    return c.passing(Torch.floats(c.scope(), factors, shape));
  }
}
