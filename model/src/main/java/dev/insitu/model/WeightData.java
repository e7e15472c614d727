package dev.insitu.model;

import java.nio.ByteBuffer;

/**
 * The bytes of one tensor, read on demand: little-endian, C order, elements below eight bits packed
 * as ONNX's {@code raw_data} packs them. Safe for use by several threads.
 */
public interface WeightData {

  /** Total bytes. */
  long byteLength();

  /**
   * Fills the buffer's remaining space.
   *
   * @param byteOffset first byte to read; with the buffer's remaining space at most {@link
   *     #byteLength()}
   * @param into where the bytes go, from its position to its limit
   * @throws OnnxException if the range is outside the tensor or the file cannot be read any more
   */
  void read(long byteOffset, ByteBuffer into);
}
