package dev.insitu.server.inference;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How a server computes.
 *
 * @param memoryBytes most bytes of models kept open, as estimated from their weights
 * @param maxBatch most samples that are computed together
 * @param maxWait how long a request may wait for others to be computed with
 * @param maxQueued most requests that wait for one part of a model; more are told to come again
 * @param maxBodyBytes most bytes of a request, of the values that a feature message holds, and of
 *     the values of an answer
 * @param maxBytesAtOnce most bytes of all requests that are read or worked on at a time, and of
 *     what they hold coded and of their answers
 * @param runners how many parts of models are computed at once
 * @param bits precision of the weights, bit/weight; empty for all that the package has
 */
public record InferenceOptions(
    long memoryBytes,
    int maxBatch,
    Duration maxWait,
    int maxQueued,
    int maxBodyBytes,
    long maxBytesAtOnce,
    int runners,
    OptionalDouble bits) {

  public static final int DEFAULT_MAX_BATCH = 16;
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofMillis(2);
  public static final int DEFAULT_MAX_QUEUED = 128;
  public static final int DEFAULT_MAX_BODY_BYTES = 32 << 20;
  private static final long MOST_BYTES_AT_ONCE = 512L << 20;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  public InferenceOptions {
    requireWithin("bytes of memory", memoryBytes, 1, Long.MAX_VALUE);
    requireWithin("samples of a batch", maxBatch, 1, 65_536);
    requireWithin(
        "microseconds of waiting", maxWait.toNanos() / 1000, 0, LONGEST_WAIT.toNanos() / 1000);
    requireWithin("requests that wait", maxQueued, 1, 1 << 20);
    requireWithin("bytes of a request", maxBodyBytes, 1024, 1 << 30);
    requireWithin("bytes of all requests", maxBytesAtOnce, maxBodyBytes, Long.MAX_VALUE);
    requireWithin("parts computed at once", runners, 1, 256);
    if (bits.isPresent() && !(bits.getAsDouble() > 0)) {
      throw new IllegalArgumentException(
          "A precision of " + bits.getAsDouble() + " bits per weight is none.");
    }
  }

  private static void requireWithin(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          value + " " + what + " were asked for; " + least + " to " + most + " are possible.");
    }
  }

  /**
   * A quarter of the machine's memory for models, a sixteenth of the heap for requests, all of the
   * weights, a short wait.
   */
  public static InferenceOptions defaults() {
    return new InferenceOptions(
        machineBytes() / 4,
        DEFAULT_MAX_BATCH,
        DEFAULT_MAX_WAIT,
        DEFAULT_MAX_QUEUED,
        DEFAULT_MAX_BODY_BYTES,
        bytesAtOnce(),
        Math.min(256, Runtime.getRuntime().availableProcessors()),
        OptionalDouble.empty());
  }

  /**
   * What is read from JSON takes several times its bytes; and if the heap ran out in the middle of
   * a call of the engine, that would end the process.
   */
  private static long bytesAtOnce() {
    long share = Runtime.getRuntime().maxMemory() / 16;
    return Math.clamp(share, 2L * DEFAULT_MAX_BODY_BYTES, MOST_BYTES_AT_ONCE);
  }

  private static long machineBytes() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Math.max(1L << 30, system.getTotalMemorySize())
        : Math.max(1L << 30, Runtime.getRuntime().maxMemory());
  }

  /** Keeps models of so many bytes open. */
  public InferenceOptions withMemoryBytes(long value) {
    return new InferenceOptions(
        value, maxBatch, maxWait, maxQueued, maxBodyBytes, maxBytesAtOnce, runners, bits);
  }

  /** Computes so many samples together, and lets a request wait so long for others. */
  public InferenceOptions withBatches(int most, Duration wait) {
    return new InferenceOptions(
        memoryBytes, most, wait, maxQueued, maxBodyBytes, maxBytesAtOnce, runners, bits);
  }

  /** Lets so many requests wait for a part of a model. */
  public InferenceOptions withMaxQueued(int value) {
    return new InferenceOptions(
        memoryBytes, maxBatch, maxWait, value, maxBodyBytes, maxBytesAtOnce, runners, bits);
  }

  /** Reads requests of so many bytes, and so many bytes of all of them at a time. */
  public InferenceOptions withBodies(int most, long atOnce) {
    return new InferenceOptions(
        memoryBytes, maxBatch, maxWait, maxQueued, most, atOnce, runners, bits);
  }

  /** Computes with fewer bits than the packages have. */
  public InferenceOptions withBits(double value) {
    return new InferenceOptions(
        memoryBytes,
        maxBatch,
        maxWait,
        maxQueued,
        maxBodyBytes,
        maxBytesAtOnce,
        runners,
        OptionalDouble.of(value));
  }
}
