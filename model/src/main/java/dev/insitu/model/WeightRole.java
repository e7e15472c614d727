package dev.insitu.model;

/** What a weight does, told from the operators that read it. */
public enum WeightRole {
  /** Kernels of a convolution, {@code [out, in, spatial...]}. */
  CONV,
  /** Kernels of a transposed convolution, {@code [in, out, spatial...]}. */
  CONV_TRANSPOSE,
  /** A matrix of Gemm. */
  GEMM,
  /** A matrix of MatMul and its relatives. */
  MATMUL,
  /** A table that rows are looked up in. */
  EMBEDDING,
  /** Gates of LSTM, GRU or RNN, {@code [directions, gates, in]}. */
  RECURRENT,
  /** Scale, shift or statistics of a normalization, or a factor by channel. */
  NORM,
  /** What is added by channel. */
  BIAS,
  /** Scale or zero point of quantized values. */
  QUANT,
  /** Anything else. */
  OTHER;

  /**
   * Whether the weight is multiplied with activations as a matrix, which stands being coded in few
   * bits.
   */
  public boolean isMatrix() {
    return compareTo(RECURRENT) <= 0;
  }
}
