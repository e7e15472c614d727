package dev.insitu.train.ops;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Arrays;

/**
 * A window that moves over the spatial dimensions.
 *
 * @param kernel its size
 * @param strides how far it moves
 * @param dilations distance of its points
 * @param before padding before the first element of each dimension
 * @param after padding behind the last
 */
@SuppressWarnings("ArrayRecordComponent")
record Windows(long[] kernel, long[] strides, long[] dilations, long[] before, long[] after) {

  /** The window of a node over its first input. */
  static Windows of(OpCall c, long[] kernel) {
    int count = kernel.length;
    long[] strides = c.longs("strides", ones(count));
    long[] dilations = c.longs("dilations", ones(count));
    long[] pads = c.longs("pads", new long[2 * count]);
    long[] before = Arrays.copyOf(pads, count);
    long[] after = Arrays.copyOfRange(pads, count, 2 * count);
    String auto = c.text("auto_pad", "NOTSET");
    if (auto.startsWith("SAME")) {
      for (int i = 0; i < count; i++) {
        long size = c.dims(0)[i + 2];
        long out = (size + strides[i] - 1) / strides[i];
        long total =
            Math.max(0, (out - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - size);
        before[i] = auto.endsWith("LOWER") ? (total + 1) / 2 : total / 2;
        after[i] = total - before[i];
      }
    } else if (auto.equals("VALID")) {
      Arrays.fill(before, 0);
      Arrays.fill(after, 0);
    }
    return new Windows(kernel, strides, dilations, before, after);
  }

  static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  int count() {
    return kernel.length;
  }

  boolean isSymmetric() {
    return Arrays.equals(before, after);
  }

  boolean isDilated() {
    return Arrays.stream(dilations).anyMatch(d -> d != 1);
  }

  /** Points of the window along one dimension, gaps included. */
  long extent(int i) {
    return dilations[i] * (kernel[i] - 1) + 1;
  }

  /** How many places the window has, the last one perhaps reaching beyond the padding. */
  long places(int i, long size, boolean ceil) {
    long room = size + before[i] + after[i] - extent(i);
    long places = (ceil ? room + strides[i] - 1 : room) / strides[i] + 1;
    return ceil && (places - 1) * strides[i] >= size + before[i] ? places - 1 : places;
  }

  /** Padding in the order of PyTorch: the last dimension first. */
  static PtNDArray padded(PtNDArray x, long[] before, long[] after, double value) {
    long[] order = new long[2 * before.length];
    for (int i = 0; i < before.length; i++) {
      int from = before.length - 1 - i;
      order[2 * i] = before[from];
      order[2 * i + 1] = after[from];
    }
    return JniUtils.pad(x, order, value);
  }
}
