package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.PrimitiveIterator;

/**
 * To which segment, head and prefix the chunks of a width belong. A chunk belongs to the first
 * segment whose sub-model needs it. A prefix holds the chunks before its end in canonical order,
 * and all of group 0, without which nothing runs. Immutable.
 */
final class ChunkIndex {

  private static final short UNUSED = -1;

  final int segments;
  final int heads;
  private final int[] ends; // of each prefix, ascending; the last is after all chunks
  private final short[] owners; // by chunk: a segment, or UNUSED
  private final int[][] ofHeads; // chunks that a head needs and the segments before it do not
  private final int[] firstPrefixes; // by chunk: the first prefix that holds it

  /**
   * @param ends of the prefixes in chunks, ascending; the first 0, the last after all
   */
  ChunkIndex(Manifest view, int[] ends) {
    this.segments = view.segments().size();
    this.heads = view.exits().size();
    this.ends = ends;
    this.owners = new short[view.chunks().size()];
    this.ofHeads = new int[heads][];
    this.firstPrefixes = new int[view.chunks().size()];
    Arrays.fill(owners, UNUSED);
    fillOwners(view);
    for (int chunk = 0; chunk < firstPrefixes.length; chunk++) {
      firstPrefixes[chunk] = view.chunks().get(chunk).group() == 0 ? 0 : firstHolding(chunk);
    }
  }

  private void fillOwners(Manifest view) {
    SubModel before = SubModel.empty(view);
    for (int segment = 0; segment < segments; segment++) {
      SubModel with = SubModel.ofSegments(view, segment + 1, view.losslessGroup());
      for (PrimitiveIterator.OfInt i = with.missingFrom(before).iterator(); i.hasNext(); ) {
        owners[i.nextInt()] = (short) segment;
      }
      before = with;
    }
    for (int head = 0; head < heads; head++) {
      int depth = view.exits().get(head).depth();
      SubModel answering = SubModel.of(view, depth, view.losslessGroup());
      ofHeads[head] =
          answering.missingFrom(SubModel.ofSegments(view, depth, view.losslessGroup())).toArray();
    }
  }

  private int firstHolding(int chunk) {
    int found = Arrays.binarySearch(ends, chunk + 1);
    return found >= 0 ? found : -found - 1;
  }

  int prefixes() {
    return ends.length;
  }

  /** Chunks in canonical order before the end of a prefix. */
  int end(int prefix) {
    return ends[prefix];
  }

  /** The segment that a chunk belongs to; negative if it is none of the segments'. */
  int owner(int chunk) {
    return owners[chunk];
  }

  /** The chunks of a head that the segments before it do not need, in canonical order. */
  int[] ofHead(int head) {
    return ofHeads[head];
  }

  /** The first prefix that holds a chunk. */
  int firstPrefix(int chunk) {
    return firstPrefixes[chunk];
  }

  boolean holds(int prefix, int chunk) {
    return firstPrefixes[chunk] <= prefix;
  }

  /**
   * Bytes of chunks by prefix and segment.
   *
   * @param sizes of all chunks
   * @param without chunks that are not counted
   */
  ByteTable bytes(int[] sizes, BitSet without) {
    int columns = segments + heads;
    long[] sums = new long[prefixes() * columns];
    for (int chunk = without.nextClearBit(0);
        chunk < owners.length;
        chunk = without.nextClearBit(chunk + 1)) {
      if (owners[chunk] != UNUSED) {
        sums[firstPrefixes[chunk] * columns + owners[chunk]] += sizes[chunk];
      }
    }
    for (int head = 0; head < heads; head++) {
      for (int chunk : ofHeads[head]) {
        if (!without.get(chunk)) {
          sums[firstPrefixes[chunk] * columns + segments + head] += sizes[chunk];
        }
      }
    }
    return ByteTable.of(sums, segments, columns);
  }
}
