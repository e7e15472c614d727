package dev.insitu.runtime;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * Which chunks have been decoded, and what follows: which tensors are ready for a first session and
 * which segments would gain from a new one; heads of exits are numbered as segments after the
 * others ({@link Parts}). Bookkeeping without side effects; a chunk costs in proportion to what it
 * touches. Not thread-safe.
 *
 * <p>Chunks are numbered in the order of decoding. A tensor is written into a generation with the
 * number of the last chunk at that time, its stamp: so a session knows a chunk if the stamps of all
 * tensors the chunk touches are at least the chunk's number.
 */
final class Progress {

  /** A new session is worth its cost when it removes this share of the error still there. */
  private static final double WORTHWHILE = 0.5;

  private final Manifest manifest;
  private final PackageIndex index;
  private final Parts parts;
  private final BitSet decoded = new BitSet();
  private final BitSet bad = new BitSet();
  private final int[] decodedAt; // per chunk: 0, or its number
  private final int[] lastTouched; // per tensor: number of the last chunk that added to it
  private final int[] blockTouched; // the same for each block
  private int sequence;

  private SubModel starter;
  private SubModel target;
  private final int[] blockMisses; // chunks without which a block is not ready
  private final int[] tensorMisses; // blocks of a tensor that are not ready
  private final int[][] segmentMisses; // per segment and group: chunks not decoded
  private final double[] pendingError; // per segment: removed by chunks of the target to come
  private int targetMisses;

  private final double[] unusedError; // per segment: removed by chunks no session knows
  private final int[] builtGroup; // per segment: -1 without session

  Progress(Manifest manifest, PackageIndex index) {
    this.manifest = manifest;
    this.index = index;
    this.parts = new Parts(manifest);
    int segments = parts.count();
    decodedAt = new int[manifest.chunks().size()];
    lastTouched = new int[manifest.tensors().size()];
    tensorMisses = new int[manifest.tensors().size()];
    blockMisses = new int[manifest.blocks().blockCount()];
    blockTouched = new int[blockMisses.length];
    segmentMisses = new int[segments][manifest.losslessGroup() + 1];
    pendingError = new double[segments];
    unusedError = new double[segments];
    builtGroup = new int[segments];
    Arrays.fill(builtGroup, -1);
    starter = SubModel.empty(manifest);
    target = starter;
    recount();
  }

  /** Sets what the first sessions wait for, and what will have arrived in the end. */
  void expect(SubModel newStarter, SubModel newTarget) {
    starter = newStarter;
    target = newTarget.union(newStarter);
    recount();
  }

  private void recount() {
    Arrays.fill(tensorMisses, 0);
    Arrays.fill(blockMisses, 0);
    Arrays.fill(pendingError, 0);
    for (int[] misses : segmentMisses) {
      Arrays.fill(misses, 0);
    }
    targetMisses = 0;
    SubModel usable = usable();
    for (int chunk = 0; chunk < decodedAt.length; chunk++) {
      if (!decoded.get(chunk)) {
        countMissing(chunk, usable.contains(chunk), 1);
      }
    }
  }

  private SubModel usable() {
    BitSet good = new BitSet();
    good.set(0, decodedAt.length);
    good.andNot(bad);
    return SubModel.usableOf(manifest, good);
  }

  private void countMissing(int chunk, boolean usable, int change) {
    ChunkSpec spec = manifest.chunks().get(chunk);
    if (spec.group() == 0 || usable && starter.contains(chunk)) {
      index.blocksOf(chunk).forEach(block -> countMissing(block, change));
    }
    boolean awaited = usable && target.contains(chunk);
    targetMisses += awaited ? change : 0;
    for (int segment : index.partsOf(chunk)) {
      segmentMisses[segment][spec.group()] += change;
      pendingError[segment] += awaited ? change * spec.errorRemoved() : 0;
    }
  }

  private void countMissing(int block, int change) {
    boolean wasReady = blockMisses[block] == 0;
    blockMisses[block] += change;
    boolean isReady = blockMisses[block] == 0;
    if (wasReady != isReady) {
      tensorMisses[manifest.blocks().tensorOf(block)] += isReady ? -1 : 1;
    }
  }

  /** Whether all that a chunk needs has been decoded. */
  boolean canDecode(int chunk) {
    for (int need : manifest.lattice().needs(chunk)) {
      if (!decoded.get(need)) {
        return false;
      }
    }
    return true;
  }

  boolean decoded(int chunk) {
    return decoded.get(chunk);
  }

  /** Notes that a chunk has been decoded. */
  void add(int chunk) {
    if (decoded.get(chunk)) {
      return;
    }
    decoded.set(chunk);
    sequence++;
    decodedAt[chunk] = sequence;
    for (int tensor : index.tensorsOf(chunk)) {
      lastTouched[tensor] = sequence;
    }
    index.blocksOf(chunk).forEach(block -> blockTouched[block] = sequence);
    for (int segment : index.partsOf(chunk)) {
      unusedError[segment] += manifest.chunks().get(chunk).errorRemoved();
    }
    if (bad.get(chunk)) {
      bad.clear(chunk);
      recount();
    } else {
      countMissing(chunk, true, -1);
    }
  }

  /**
   * Notes that a chunk cannot be used: nothing waits for it, or for what needs it, any more.
   *
   * @return decoded chunks that need it and count as not decoded now
   */
  BitSet bad(int chunk) {
    bad.set(chunk);
    decoded.clear(chunk);
    BitSet lost = (BitSet) decoded.clone();
    SubModel.usableOf(manifest, decoded).indices().forEach(lost::clear);
    decoded.andNot(lost);
    recount();
    return lost;
  }

  /** A chunk without which a segment can never run, or -1. */
  int missingBase(int segment) {
    for (int chunk = bad.nextSetBit(0); chunk >= 0; chunk = bad.nextSetBit(chunk + 1)) {
      boolean used = Arrays.binarySearch(index.partsOf(chunk), segment) >= 0;
      if (used && manifest.chunks().get(chunk).group() == 0) {
        return chunk;
      }
    }
    return -1;
  }

  /** Whether a block has its base and all that the starter has of it. */
  boolean blockReady(int block) {
    return blockMisses[block] == 0;
  }

  /** Whether a block written with that stamp has all that has been decoded of it. */
  boolean blockUpToDate(int block, int stamp) {
    return stamp > blockTouched[block];
  }

  /** Whether every block of a tensor has its base and all that the starter has of it. */
  boolean tensorReady(int tensor) {
    return tensorMisses[tensor] == 0;
  }

  /** Whether a segment has no session yet and could have one. */
  boolean canOpen(int segment) {
    return builtGroup[segment] < 0
        && parts.get(segment).tensors().stream().allMatch(this::tensorReady);
  }

  /** Whether a segment has no session yet. */
  boolean unopened(int segment) {
    return builtGroup[segment] < 0;
  }

  /** The highest group such that all of a segment's blocks have all their content up to it. */
  int groupOf(int segment) {
    int group = 0;
    while (group < segmentMisses[segment].length && segmentMisses[segment][group] == 0) {
      group++;
    }
    return group - 1;
  }

  /** The number of the last chunk. Never 0, which is the stamp of what has not been written. */
  int stamp() {
    return sequence + 1;
  }

  /**
   * Notes that a segment has a session.
   *
   * @param stamps of the tensors in the session's generation
   */
  void built(int segment, IntUnaryOperator stamps) {
    unusedError[segment] = 0;
    builtGroup[segment] = upToDate(segment, stamps) ? groupOf(segment) : 0;
  }

  /** Whether a session over tensors with these stamps knows all that has been decoded. */
  boolean upToDate(int segment, IntUnaryOperator stamps) {
    for (int tensor : parts.get(segment).tensors()) {
      if (stamps.applyAsInt(tensor) <= lastTouched[tensor]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a new session of a segment is worth building before the target is complete. */
  boolean gains(int segment) {
    double unused = unusedError[segment];
    return groupOf(segment) > builtGroup[segment]
        || unused > 0 && unused >= WORTHWHILE * (unused + pendingError[segment]);
  }

  /** Whether all chunks of the target that can be used have been decoded. */
  boolean settled() {
    return targetMisses == 0;
  }

  /** Whether all chunks of the target have been decoded. */
  boolean complete() {
    return settled() && target.indices().allMatch(decoded::get);
  }

  SubModel target() {
    return target;
  }

  boolean inStarter(int chunk) {
    return starter.contains(chunk);
  }

  /** The stamp of a tensor that no session uses. */
  static final int UNUSED = -1;

  /**
   * The chunks that are in use: those that concern sessions, and that all of these know.
   *
   * @param stamps the least stamp of every tensor in the generations of the sessions that use it,
   *     or {@link #UNUSED}
   */
  SubModel active(int[] stamps) {
    BitSet known = new BitSet();
    BitSet used = new BitSet();
    for (int chunk = decoded.nextSetBit(0); chunk >= 0; chunk = decoded.nextSetBit(chunk + 1)) {
      boolean missed = false;
      for (int tensor : index.tensorsOf(chunk)) {
        boolean inUse = stamps[tensor] != UNUSED;
        missed |= inUse && stamps[tensor] <= decodedAt[chunk];
        used.set(chunk, used.get(chunk) || inUse);
      }
      known.set(chunk, !missed);
    }
    SubModel closed = SubModel.usableOf(manifest, known);
    return SubModel.closureOf(manifest, closed.indices().filter(used::get));
  }
}
