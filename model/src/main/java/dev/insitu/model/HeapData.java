package dev.insitu.model;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/**
 * Values that a skeleton held as an attribute.
 *
 * @param bytes the values as {@code raw_data}
 */
record HeapData(ByteString bytes) implements WeightData {

  @Override
  public long byteLength() {
    return bytes.size();
  }

  @Override
  public void read(long byteOffset, ByteBuffer into) {
    RangeData.checkRange(byteOffset, into.remaining(), byteLength());
    int from = (int) byteOffset;
    into.put(bytes.substring(from, from + into.remaining()).asReadOnlyByteBuffer());
  }
}
