package dev.insitu.device;

import dev.insitu.elastic.Digest;

/** What was reported of one version: the latest scores. For one thread. */
final class Scores {

  final Digest digest;
  final String version;
  private final double[] latest;
  private int count;
  private int next;

  /**
   * @param window how many are kept
   */
  Scores(Digest digest, String version, int window) {
    this.digest = digest;
    this.version = version;
    this.latest = new double[window];
  }

  void add(double score) {
    latest[next] = score;
    next = (next + 1) % latest.length;
    count = Math.min(count + 1, latest.length);
  }

  int count() {
    return count;
  }

  /** The mean of those kept; 0 if there is none. */
  double mean() {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += latest[i];
    }
    return count == 0 ? 0 : sum / count;
  }
}
