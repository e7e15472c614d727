package dev.insitu.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Consecutive bytes of stored chunks. Safe for use by several threads. Closing it lets go of the
 * files behind it.
 */
public interface StoredBytes extends AutoCloseable {

  /** How many bytes. */
  long size();

  /**
   * Transfers bytes without copying them through the process where the target allows it.
   *
   * @param position of the first byte
   * @param count most bytes to transfer
   * @return how many were transferred; fewer than {@code count} if the target takes no more now or
   *     a file ends
   */
  long transferTo(long position, long count, WritableByteChannel target) throws IOException;

  /**
   * Reads bytes.
   *
   * @param position of the first byte
   * @return how many were read, at least 1; -1 at the end
   */
  int read(ByteBuffer target, long position) throws IOException;

  /**
   * Takes another hold on the same bytes, to be closed by itself.
   *
   * @return false if they have moved or gone, so that they must be opened anew
   */
  boolean retain();

  @Override
  void close();
}
