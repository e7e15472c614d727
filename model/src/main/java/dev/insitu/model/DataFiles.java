package dev.insitu.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The model's file (number 0) and its external data files, opened when first read. At most {@link
 * #MAX_OPEN} are open at once, because some exporters write one file per tensor.
 */
final class DataFiles implements AutoCloseable {

  static final int MAX_OPEN = 32;

  /** Java copies through a direct buffer as big as one read. */
  private static final int MAX_READ_BYTES = 1 << 20;

  private final List<Path> paths = new ArrayList<>();
  private final Map<Path, Integer> numbers = new LinkedHashMap<>();
  private final LinkedHashMap<Integer, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /** The number of a file, given out when it is first named. */
  synchronized int add(Path path) {
    return numbers.computeIfAbsent(
        path,
        p -> {
          paths.add(p);
          return paths.size() - 1;
        });
  }

  synchronized List<Path> paths() {
    return List.copyOf(paths);
  }

  long size(int file) {
    try {
      return channel(file).size();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Fills the buffer from that place in the file. */
  void read(int file, long offset, ByteBuffer into) {
    long at = offset;
    try {
      while (into.hasRemaining()) {
        int count = readSome(file, at, into);
        if (count < 0) {
          throw new OnnxException(
              path(file)
                  + " ends at byte "
                  + at
                  + ", inside a tensor.\nMaybe it changed while it was read.");
        }
        at += count;
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * One read; a channel that another thread's use has just closed to stay below the limit is opened
   * again.
   */
  private int readSome(int file, long at, ByteBuffer into) throws IOException {
    int limit = into.limit();
    while (true) {
      try {
        into.limit(into.position() + Math.min(limit - into.position(), MAX_READ_BYTES));
        return channel(file).read(into, at);
      } catch (ClosedChannelException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      } finally {
        into.limit(limit);
      }
    }
  }

  private synchronized Path path(int file) {
    return paths.get(file);
  }

  private synchronized FileChannel channel(int file) throws IOException {
    if (closed) {
      throw new OnnxException(paths.get(0) + " is closed");
    }
    FileChannel channel = open.get(file);
    if (channel == null || !channel.isOpen()) {
      channel = FileChannel.open(paths.get(file));
      open.put(file, channel);
      if (open.size() > MAX_OPEN) {
        var eldest = open.entrySet().iterator();
        eldest.next().getValue().close();
        eldest.remove();
      }
    }
    return channel;
  }

  private OnnxException unreadable(int file, IOException e) {
    return new OnnxException(path(file) + " cannot be read: " + e, e);
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (FileChannel channel : open.values()) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new OnnxException(paths.get(0) + " cannot be closed: " + e, e);
      }
    }
    open.clear();
  }
}
