package dev.insitu.device;

/**
 * The rate at which bytes come: an exponentially weighted mean over real time, so that it does not
 * depend on how the bytes are cut into reads. Jumps of the time source are passed over. Not
 * thread-safe.
 */
final class RateMeter {

  private static final double TIME_CONSTANT_SECONDS = 3;
  private static final long SAMPLE_NANOS = 100_000_000;
  private static final long JUMP_NANOS = 10_000_000_000L;

  private long sampleStart;
  private long sampleBytes;
  private double weight; // how much of the mean is measured: 0 at first, towards 1
  private double weighted; // bytes per second x weight

  RateMeter(long nowNanos) {
    sampleStart = nowNanos;
  }

  /** Says that bytes have come by now. */
  void add(long nowNanos, long bytes) {
    sampleBytes += bytes;
    long elapsed = nowNanos - sampleStart;
    if (elapsed >= SAMPLE_NANOS && elapsed <= JUMP_NANOS) {
      double seconds = elapsed * 1e-9;
      double alpha = 1 - Math.exp(-seconds / TIME_CONSTANT_SECONDS);
      weighted += alpha * (sampleBytes / seconds - weighted);
      weight += alpha * (1 - weight);
    }
    if (elapsed < 0 || elapsed >= SAMPLE_NANOS) {
      sampleStart = nowNanos;
      sampleBytes = 0;
    }
  }

  /** Starts anew after a time without transfer, which is no time of slow transfer. */
  void resume(long nowNanos) {
    sampleStart = nowNanos;
    sampleBytes = 0;
  }

  /** Bytes per second; 0 until something has been measured. */
  double bytesPerSecond() {
    return weight == 0 ? 0 : weighted / weight;
  }
}
