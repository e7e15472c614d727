package dev.insitu.link;

/**
 * The transmitter of one direction, in link time: sends one packet after the other at the trace's
 * rate and gathers no credit while idle. Who asks late gets the same answer, so a late thread costs
 * no throughput. Pure arithmetic; not thread-safe.
 */
final class Pacer {
  private final RateTrace rate;
  private long freeAtNanos;

  Pacer(RateTrace rate) {
    this.rate = rate;
  }

  /**
   * Sends a packet as soon as it is ready and the transmitter is free.
   *
   * @return when its last bit has left
   */
  long depart(long readyNanos, int bytes) {
    long start = Math.max(readyNanos, freeAtNanos);
    freeAtNanos = start + rate.nanosToSend(start, 8L * bytes);
    return freeAtNanos;
  }
}
