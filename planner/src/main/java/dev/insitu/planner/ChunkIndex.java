package dev.insitu.planner;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Lattice;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which chunks of a width come with which prefix, for which segment or head. A prefix holds the
 * chunks before its end in canonical order, and all of group 0, without which nothing runs. For a
 * segment come those of them that hold its tensors, and what these need; so a chunk that spans two
 * tensors can bring another one forward to an earlier segment, at the prefix where it appears.
 * Immutable.
 */
final class ChunkIndex {

  static final int NONE = Integer.MAX_VALUE;

  final int segments;
  final int heads;
  private final int[] ends; // of each prefix, ascending; the last is after all chunks
  private final int[] firstPrefixes; // by chunk: the first prefix that holds it
  private final int[] users; // by chunk: the first segment whose tensors it holds, or NONE
  private final int[][] headUsers; // by head: chunks that hold its tensors, but none before it
  private final Moves moves; // of chunks to segments
  private final Moves[] headMoves; // by head: what it needs and the segments before it do not

  /**
   * @param ends of the prefixes in chunks, ascending; the first 0, the last after all
   */
  ChunkIndex(Manifest view, int[] ends) {
    this.segments = view.segments().size();
    this.heads = view.exits().size();
    this.ends = ends;
    int count = view.chunks().size();
    this.firstPrefixes = new int[count];
    for (int chunk = 0; chunk < count; chunk++) {
      firstPrefixes[chunk] = view.chunks().get(chunk).group() == 0 ? 0 : firstHolding(chunk);
    }
    this.users = new int[count];
    Arrays.fill(users, NONE);
    for (int segment = segments - 1; segment >= 0; segment--) {
      int number = segment;
      holding(view, view.segments().get(segment)).stream().forEach(chunk -> users[chunk] = number);
    }
    this.moves = Moves.of(view.lattice(), users, firstPrefixes);
    this.headUsers = new int[heads][];
    this.headMoves = new Moves[heads];
    for (int head = 0; head < heads; head++) {
      fillHead(view, head);
    }
  }

  private void fillHead(Manifest view, int head) {
    ExitSpec exit = view.exits().get(head);
    BitSet own = holding(view, exit.head());
    headUsers[head] = own.stream().filter(chunk -> users[chunk] >= exit.depth()).toArray();
    int[] with = new int[users.length]; // 0 for the segments before it, 1 for the head
    Arrays.setAll(with, chunk -> users[chunk] < exit.depth() ? 0 : own.get(chunk) ? 1 : NONE);
    headMoves[head] = Moves.of(view.lattice(), with, firstPrefixes);
  }

  private static BitSet holding(Manifest view, SegmentSpec segment) {
    Lattice lattice = view.lattice();
    BitSet chunks = new BitSet();
    for (int tensor : segment.tensors()) {
      for (int group = 0; group <= view.losslessGroup(); group++) {
        lattice.chunksOf(tensor, group).forEach(chunks::set);
      }
    }
    return chunks;
  }

  private int firstHolding(int chunk) {
    int found = Arrays.binarySearch(ends, chunk + 1);
    return found >= 0 ? found : -found - 1;
  }

  int prefixes() {
    return ends.length;
  }

  /** About how much memory it takes. */
  long bytes() {
    long bytes = 4L * ends.length + 8L * users.length + moves.bytes();
    for (int head = 0; head < heads; head++) {
      bytes += 4L * headUsers[head].length + headMoves[head].bytes();
    }
    return bytes;
  }

  /** Chunks in canonical order before the end of a prefix. */
  int end(int prefix) {
    return ends[prefix];
  }

  /** The prefix of an end. */
  int prefixOf(int end) {
    return Arrays.binarySearch(ends, end);
  }

  /** The first prefix that holds a chunk. */
  int firstPrefix(int chunk) {
    return firstPrefixes[chunk];
  }

  /** The first segment whose tensors a chunk holds, or NONE. */
  int user(int chunk) {
    return users[chunk];
  }

  /** By chunk the segment with which it comes in a prefix, or NONE. */
  int[] owners(int prefix) {
    return moves.at(prefix, users.length);
  }

  /** The chunks that come for a head in a prefix, after the segments before it. */
  BitSet ofHead(int head, int prefix) {
    int[] owners = headMoves[head].at(prefix, users.length);
    BitSet chunks = new BitSet();
    for (int chunk = 0; chunk < owners.length; chunk++) {
      chunks.set(chunk, owners[chunk] == 1);
    }
    return chunks;
  }

  /**
   * Bytes that come, by prefix and segment.
   *
   * @param sizes of all chunks
   * @param without chunks that are not counted
   */
  ByteTable coming(int[] sizes, BitSet without) {
    int columns = segments + heads;
    long[] added = new long[prefixes() * columns];
    moves.addTo(added, columns, IntStream.range(0, segments).toArray(), sizes, without);
    for (int head = 0; head < heads; head++) {
      int[] headOnly = {-1, segments + head};
      headMoves[head].addTo(added, columns, headOnly, sizes, without);
    }
    return ByteTable.of(added, segments, columns);
  }

  /** Bytes that are decoded, by prefix and segment: of the chunks that hold its tensors. */
  ByteTable decoded(int[] sizes) {
    int columns = segments + heads;
    long[] added = new long[prefixes() * columns];
    for (int chunk = 0; chunk < users.length; chunk++) {
      if (users[chunk] != NONE) {
        added[firstPrefixes[chunk] * columns + users[chunk]] += sizes[chunk];
      }
    }
    for (int head = 0; head < heads; head++) {
      for (int chunk : headUsers[head]) {
        added[firstPrefixes[chunk] * columns + segments + head] += sizes[chunk];
      }
    }
    return ByteTable.of(added, segments, columns);
  }
}
