package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes that other threads leave for a model's builder. Thread-safe. */
final class Inbox {

  private final BitSet announced = new BitSet();
  private List<Integer> arrivals = new ArrayList<>();
  private @Nullable Expectation expectation;
  private boolean retry;

  /** What the first sessions wait for, and what will have arrived in the end. */
  record Expectation(int number, SubModel starter, SubModel target, int depth) {}

  /** What was left since the last look. */
  record Notes(List<Integer> arrivals, @Nullable Expectation expectation, boolean retry) {}

  /**
   * Notes a chunk, unless it is known.
   *
   * @param before done before the note can be read
   */
  synchronized boolean arrived(int chunk, Runnable before) {
    if (announced.get(chunk)) {
      return false;
    }
    before.run();
    announced.set(chunk);
    return arrivals.add(chunk);
  }

  /** Lets a chunk be announced again. */
  synchronized void forget(int chunk) {
    announced.clear(chunk);
  }

  synchronized void expect(Expectation latest) {
    expectation = latest;
  }

  synchronized void retry() {
    retry = true;
  }

  synchronized boolean hasRetry() {
    return retry;
  }

  synchronized Notes take() {
    Notes notes = new Notes(arrivals, expectation, retry);
    arrivals = new ArrayList<>();
    expectation = null;
    retry = false;
    return notes;
  }
}
