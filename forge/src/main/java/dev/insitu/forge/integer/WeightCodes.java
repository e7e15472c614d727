package dev.insitu.forge.integer;

/**
 * A layer's weights as symmetric int8 with a scale per output channel.
 *
 * @param codes in the order of the values
 * @param scales per channel
 * @param axis dimension of the channels
 * @param dims of the tensor
 */
@SuppressWarnings("ArrayRecordComponent")
record WeightCodes(byte[] codes, float[] scales, int axis, long[] dims) {

  private static final int LARGEST = 127;
  private static final int LARGEST_REDUCED = 63;

  /** Codes of biases stay below, so that sums of products beside them fit 32 bits. */
  private static final double LARGEST_BIAS = 1 << 30;

  /**
   * Rounds weights to the nearest code.
   *
   * @param reduced 7 bits, for processors whose 8-bit products saturate
   * @param bias per channel; scales are wide enough that it fits 32 bits
   * @param inputScale of what the weights are multiplied with
   */
  static WeightCodes of(
      float[] values, long[] dims, int axis, boolean reduced, float[] bias, float inputScale) {
    int channels = Math.toIntExact(dims[axis]);
    int inner = inner(dims, axis);
    float[] largest = new float[channels];
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % channels;
      largest[channel] = Math.max(largest[channel], Math.abs(values[i]));
    }
    int most = reduced ? LARGEST_REDUCED : LARGEST;
    float[] scales = new float[channels];
    for (int c = 0; c < channels; c++) {
      double forBias = bias.length == 0 ? 0 : Math.abs(bias[c]) / (inputScale * LARGEST_BIAS);
      double scale = Math.max((double) largest[c] / most, forBias);
      scales[c] = scale >= Float.MIN_NORMAL ? (float) scale : 1;
    }
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      double code = Math.rint(values[i] / (double) scales[i / inner % channels]);
      codes[i] = (byte) Math.clamp(code, -most, most);
    }
    return new WeightCodes(codes, scales, axis, dims.clone());
  }

  private static int inner(long[] dims, int axis) {
    long inner = 1;
    for (int d = axis + 1; d < dims.length; d++) {
      inner *= dims[d];
    }
    return Math.toIntExact(inner);
  }

  /** The numbers that the codes stand for. */
  float[] values() {
    float[] values = new float[codes.length];
    int inner = inner(dims, axis);
    for (int i = 0; i < values.length; i++) {
      values[i] = codes[i] * scales[i / inner % scales.length];
    }
    return values;
  }
}
