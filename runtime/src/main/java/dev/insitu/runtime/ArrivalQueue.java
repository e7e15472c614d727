package dev.insitu.runtime;

import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * Chunks that arrived and wait to be decoded: those of the starter first, each lane in canonical
 * order. Chunks whose needs are missing are passed over until something before them arrives. Not
 * thread-safe.
 */
final class ArrivalQueue {

  private final Lane starter = new Lane();
  private final Lane others = new Lane();

  void add(int chunk, boolean inStarter) {
    (inStarter ? starter : others).add(chunk);
  }

  /** Sorts all waiting chunks again and looks at each. */
  void resort(IntPredicate inStarter) {
    BitSet all = starter.removeAll();
    all.or(others.removeAll());
    all.stream().forEach(chunk -> add(chunk, inStarter.test(chunk)));
  }

  /**
   * Removes the next chunk.
   *
   * @param ready whether all that a chunk needs has been decoded
   * @return -1 if there is none
   */
  int poll(IntPredicate ready) {
    int found = starter.poll(ready);
    if (found < 0) {
      return others.poll(ready);
    }
    others.cursor = 0; // others may need what was found
    return found;
  }

  /** Because a chunk's needs stand before it, one pass in ascending order finds all. */
  private static final class Lane {

    private final BitSet waiting = new BitSet();
    private int cursor; // nothing before it is ready

    void add(int chunk) {
      waiting.set(chunk);
      cursor = Math.min(cursor, chunk);
    }

    int poll(IntPredicate ready) {
      int chunk = waiting.nextSetBit(cursor);
      while (chunk >= 0 && !ready.test(chunk)) {
        chunk = waiting.nextSetBit(chunk + 1);
      }
      if (chunk < 0) {
        cursor = waiting.length();
        return -1;
      }
      waiting.clear(chunk);
      cursor = chunk + 1;
      return chunk;
    }

    BitSet removeAll() {
      BitSet all = (BitSet) waiting.clone();
      waiting.clear();
      cursor = 0;
      return all;
    }
  }
}
