package dev.insitu.device;

/** Counts bytes as they are read. Thread-safe. */
final class Tally {

  private long useful; // guarded by this, as are all
  private long repeated;
  private long lost;
  private long other;

  synchronized void addUseful(long bytes) {
    useful += bytes;
  }

  synchronized void addRepeated(long bytes) {
    repeated += bytes;
  }

  synchronized void addOther(long bytes) {
    other += bytes;
  }

  /** Bytes that were counted as useful turn out to be wrong. */
  synchronized void lose(long bytes) {
    useful -= bytes;
    lost += bytes;
  }

  synchronized TransferCounters counters() {
    return new TransferCounters(useful + repeated + lost, useful, repeated, lost, other);
  }
}
