package dev.insitu.benchmarks.scenarios;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes that a device has read and sent; in a file they survive its process. Thread-safe. */
final class Meter {

  private static final int ENTRIES = 4;
  private static final int BYTES = ENTRIES * Long.BYTES;

  private final ByteBuffer counts; // guarded by this

  /**
   * A reading.
   *
   * @param content bodies of plans' content
   * @param other all other bodies: plans, error messages
   * @param requests bodies sent
   * @param sockets all bytes read from sockets, headers included
   */
  record Reading(long content, long other, long requests, long sockets) {

    Reading plus(Reading more) {
      return new Reading(
          content + more.content,
          other + more.other,
          requests + more.requests,
          sockets + more.sockets);
    }

    Reading minus(Reading less) {
      return new Reading(
          content - less.content,
          other - less.other,
          requests - less.requests,
          sockets - less.sockets);
    }

    /** All bodies received. */
    long bodies() {
      return content + other;
    }
  }

  private Meter(ByteBuffer counts) {
    this.counts = counts.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A meter that ends with the process. */
  static Meter inMemory() {
    return new Meter(ByteBuffer.allocate(BYTES));
  }

  /** A meter that begins at 0 in a file. */
  static Meter into(Path file) throws IOException {
    Files.write(file, new byte[BYTES]);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Meter(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
    }
  }

  /** What the process that has the file, or had it, has counted. */
  static Reading read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new Reading(0, 0, 0, 0);
    }
    return reading(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static Reading reading(ByteBuffer from) {
    return from.remaining() < BYTES
        ? new Reading(0, 0, 0, 0)
        : new Reading(from.getLong(0), from.getLong(8), from.getLong(16), from.getLong(24));
  }

  synchronized Reading reading() {
    return reading(counts);
  }

  synchronized void addContent(int bytes) {
    counts.putLong(0, counts.getLong(0) + bytes);
  }

  synchronized void addOther(int bytes) {
    counts.putLong(8, counts.getLong(8) + bytes);
  }

  synchronized void addRequest(int bytes) {
    counts.putLong(16, counts.getLong(16) + bytes);
  }

  synchronized void sockets(long bytes) {
    counts.putLong(24, bytes);
  }
}
