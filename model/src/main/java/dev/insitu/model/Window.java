package dev.insitu.model;

import java.util.Arrays;

/**
 * How a kernel moves over the spatial dimensions.
 *
 * @param reach by dimension: elements from the kernel's first to its last, -1 if unknown
 * @param strides by dimension: elements from one position to the next
 * @param pads elements added before each dimension, then after each
 * @param auto ONNX's {@code auto_pad}
 */
@SuppressWarnings("ArrayRecordComponent")
record Window(long[] reach, long[] strides, long[] pads, String auto) {

  static Window of(OpFacts o, long[] kernel) {
    int rank = kernel.length;
    long[] dilations = list(o, "dilations", rank, 1);
    long[] reach = new long[rank];
    for (int i = 0; i < rank; i++) {
      reach[i] = kernel[i] < 0 ? -1 : (kernel[i] - 1) * dilations[i] + 1;
    }
    return new Window(
        reach,
        list(o, "strides", rank, 1),
        list(o, "pads", 2 * rank, 0),
        Ops.string(o.node(), "auto_pad", "NOTSET"));
  }

  private static long[] list(OpFacts o, String name, int length, long otherwise) {
    long[] list = Ops.integers(o.node(), name);
    if (list != null && list.length == length) {
      return list;
    }
    long[] filled = new long[length];
    Arrays.fill(filled, otherwise);
    return filled;
  }

  /** Positions of the kernel along one dimension; -1 if unknown. */
  long slide(long in, int i, boolean ceil) {
    if (in < 0 || reach[i] < 0 || strides[i] < 1) {
      return -1;
    }
    if (auto.startsWith("SAME")) {
      return Math.ceilDiv(in, strides[i]);
    }
    boolean valid = auto.equals("VALID");
    long before = valid ? 0 : pads[i];
    long room = in + (valid ? 0 : pads[i] + pads[reach.length + i]) - reach[i];
    if (room < 0) {
      return -1;
    }
    long floor = room / strides[i] + 1;
    if (!ceil || room % strides[i] == 0) {
      return floor;
    }
    // Versions differ on whether a last window that would begin in the padding counts.
    return floor * strides[i] < in + before ? floor + 1 : -1;
  }

  /** The extent that a transposed convolution makes of one dimension; -1 if unknown. */
  long spread(long in, int i, long extra) {
    if (in < 0 || reach[i] < 0) {
      return -1;
    }
    if (auto.startsWith("SAME")) {
      return in * strides[i];
    }
    long cut = auto.equals("VALID") ? 0 : pads[i] + pads[reach.length + i];
    long out = strides[i] * (in - 1) + extra + reach[i] - cut;
    return out < 0 ? -1 : out;
  }
}
