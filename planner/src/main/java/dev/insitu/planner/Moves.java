package dev.insitu.planner;

import dev.insitu.elastic.Lattice;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * With which segment chunks come, prefix by prefix: as prefixes grow, chunks appear, and some move
 * to an earlier segment that needs them now. Not to be changed.
 */
final class Moves {

  private int[] chunks = new int[64];
  private int[] prefixes = new int[64]; // ascending
  private int[] owners = new int[64];
  private int count;

  private Moves() {}

  /**
   * @param users by chunk: the first segment that uses it for itself, or NONE
   * @param firstPrefixes by chunk: the first prefix that holds it; no later than for what needs it
   */
  static Moves of(Lattice lattice, int[] users, int[] firstPrefixes) {
    Moves moves = new Moves();
    int[] owners = new int[users.length];
    Arrays.fill(owners, ChunkIndex.NONE);
    IntStream.range(0, users.length)
        .filter(chunk -> users[chunk] != ChunkIndex.NONE)
        .boxed()
        .sorted((a, b) -> Integer.compare(firstPrefixes[a], firstPrefixes[b]))
        .forEach(chunk -> moves.pull(lattice, owners, chunk, users[chunk], firstPrefixes[chunk]));
    moves.chunks = Arrays.copyOf(moves.chunks, moves.count);
    moves.prefixes = Arrays.copyOf(moves.prefixes, moves.count);
    moves.owners = Arrays.copyOf(moves.owners, moves.count);
    return moves;
  }

  /** Of memory. */
  long bytes() {
    return 12L * count;
  }

  private void pull(Lattice lattice, int[] now, int chunk, int segment, int prefix) {
    if (now[chunk] <= segment) {
      return;
    }
    now[chunk] = segment;
    add(chunk, prefix, segment);
    for (int need : lattice.needs(chunk)) {
      pull(lattice, now, need, segment, prefix);
    }
  }

  private void add(int chunk, int prefix, int segment) {
    if (count == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * count);
      prefixes = Arrays.copyOf(prefixes, 2 * count);
      owners = Arrays.copyOf(owners, 2 * count);
    }
    chunks[count] = chunk;
    prefixes[count] = prefix;
    owners[count++] = segment;
  }

  /** By chunk its segment in a prefix, or NONE. */
  int[] at(int prefix, int chunkCount) {
    int[] now = new int[chunkCount];
    Arrays.fill(now, ChunkIndex.NONE);
    for (int i = 0; i < count && prefixes[i] <= prefix; i++) {
      now[chunks[i]] = owners[i];
    }
    return now;
  }

  /**
   * Adds to a table what comes and goes with each prefix.
   *
   * @param columns of a row
   * @param columnOf by segment; negative if it is left out
   */
  void addTo(long[] table, int columns, int[] columnOf, int[] sizes, BitSet without) {
    int[] now = new int[sizes.length];
    Arrays.fill(now, ChunkIndex.NONE);
    for (int i = 0; i < count; i++) {
      int chunk = chunks[i];
      long bytes = without.get(chunk) ? 0 : sizes[chunk];
      int row = prefixes[i] * columns;
      add(table, row, columnOf[owners[i]], bytes);
      if (now[chunk] != ChunkIndex.NONE) {
        add(table, row, columnOf[now[chunk]], -bytes);
      }
      now[chunk] = owners[i];
    }
  }

  private static void add(long[] table, int row, int column, long bytes) {
    if (column >= 0) {
      table[row + column] += bytes;
    }
  }
}
