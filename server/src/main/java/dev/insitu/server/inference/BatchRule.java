package dev.insitu.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Which of the requests that wait are computed together, and when. A pure decision.
 *
 * <p>Waiting pays only where others come: as many as were computed together the last time are
 * waited for, so that a client alone never waits. While a batch is computed others gather by
 * themselves, which is how batches grow.
 *
 * @param maxSamples most samples of a batch; a request of more is computed alone
 * @param maxWaitNanos how long the oldest request may wait for others
 */
record BatchRule(int maxSamples, long maxWaitNanos) {

  /**
   * A request that waits.
   *
   * @param kind only requests of one kind are computed together
   * @param samples in it; empty if it cannot be computed with others
   */
  record Waiting(Samples.Kind kind, OptionalLong samples) {}

  /**
   * Those that are computed next: the oldest and, in their order, those that fit to it.
   *
   * @param queue oldest first, at least one
   * @return indices, ascending
   */
  List<Integer> next(List<Waiting> queue) {
    Waiting oldest = queue.getFirst();
    List<Integer> chosen = new ArrayList<>(List.of(0));
    if (oldest.samples().isEmpty()) {
      return chosen;
    }
    long samples = oldest.samples().getAsLong();
    for (int i = 1; i < queue.size() && samples < maxSamples; i++) {
      Waiting other = queue.get(i);
      if (other.samples().isPresent()
          && samples + other.samples().getAsLong() <= maxSamples
          && other.kind().equals(oldest.kind())) {
        samples += other.samples().getAsLong();
        chosen.add(i);
      }
    }
    return chosen;
  }

  /**
   * How long to wait for more before the next batch is computed.
   *
   * @param queue as there
   * @param ageNanos how long the oldest has waited
   * @param expected requests in the batch before
   * @return 0 to begin now
   */
  long waitNanos(List<Waiting> queue, long ageNanos, int expected) {
    List<Integer> next = next(queue);
    long samples = next.stream().mapToLong(i -> queue.get(i).samples().orElse(maxSamples)).sum();
    return samples >= maxSamples || next.size() >= expected
        ? 0
        : Math.max(0, maxWaitNanos - ageNanos);
  }
}
