package dev.insitu.model;

import java.nio.ByteBuffer;

/**
 * Bytes that lie in a file just as they are needed.
 *
 * @param files the open files
 * @param file which of them
 * @param offset first byte in the file
 * @param byteLength number of bytes
 */
record RangeData(DataFiles files, int file, long offset, long byteLength) implements WeightData {

  @Override
  public void read(long byteOffset, ByteBuffer into) {
    checkRange(byteOffset, into.remaining(), byteLength);
    files.read(file, offset + byteOffset, into);
  }

  static void checkRange(long byteOffset, int count, long byteLength) {
    if (byteOffset < 0 || byteOffset > byteLength - count) {
      throw new OnnxException(
          count
              + " bytes from "
              + byteOffset
              + " are outside a tensor of "
              + byteLength
              + " bytes");
    }
  }
}
