package dev.insitu.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Off-heap buffers that are used again: freed ones would stay allocated until the next garbage
 * collection.
 */
final class DirectPool {

  private static final int CLASSES = 32;
  private static final int LEAST = 1 << 12;
  private static final long MOST_KEPT = 64L << 20;

  /** The pool of the process. */
  static final DirectPool SHARED = new DirectPool();

  private final List<ArrayDeque<ByteBuffer>> free = new ArrayList<>();
  private long kept;

  DirectPool() {
    for (int i = 0; i < CLASSES; i++) {
      free.add(new ArrayDeque<>());
    }
  }

  /** A cleared little-endian buffer with that limit; its content is arbitrary. */
  ByteBuffer take(int bytes) {
    int sizeClass = sizeClass(bytes);
    ByteBuffer found;
    synchronized (this) {
      found = free.get(sizeClass).pollLast();
      kept -= found == null ? 0 : found.capacity();
    }
    if (found == null) {
      int capacity = sizeClass >= CLASSES - 1 ? bytes : 1 << sizeClass;
      found = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }
    Buffers.window(found, bytes);
    return found;
  }

  /** Gives back a buffer that {@link #take} returned and nobody uses any more. */
  synchronized void give(ByteBuffer buffer) {
    int sizeClass = sizeClass(buffer.capacity());
    if (sizeClass < CLASSES - 1 && kept + buffer.capacity() <= MOST_KEPT) {
      kept += buffer.capacity();
      free.get(sizeClass).addLast(buffer);
    }
  }

  private static int sizeClass(int bytes) {
    return 32 - Integer.numberOfLeadingZeros(Math.max(bytes, LEAST) - 1);
  }
}
