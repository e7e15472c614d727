package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.ChunkDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Writes the values of a sub-model block after block: chunks of all groups are decoded side by side
 * in block order, so that only the blocks between the first and the last group's position are in
 * memory, however large the model is. Each chunk is read once.
 */
final class BlockSweep {

  private final Manifest manifest;
  private final ChunkSource source;
  private final IntPredicate tensors;
  private final WeightTarget target;
  private final int[][] queues; // per group: wanted chunks in block order
  private final int[] next; // per group: position in its queue
  private final int[] frontier; // per group: blocks below have all their groups up to this one
  private final TreeMap<Integer, BlockState> open = new TreeMap<>();
  private final BitSet based = new BitSet(); // blocks whose base was there

  /**
   * @param wanted chunks to use
   * @param tensors which tensors to write
   */
  BlockSweep(
      Manifest manifest,
      ChunkSource source,
      SubModel wanted,
      IntPredicate tensors,
      WeightTarget target) {
    this.manifest = manifest;
    this.source = source;
    this.tensors = tensors;
    this.target = target;
    int groups = manifest.losslessGroup() + 1;
    this.queues = new int[groups][];
    this.next = new int[groups];
    this.frontier = new int[groups];
    SubModel used =
        SubModel.closureOf(manifest, wanted.indices().filter(chunk -> touches(chunk, tensors)));
    for (int group = 0; group < groups; group++) {
      int[] all = manifest.lattice().chunksOf(group);
      queues[group] = Arrays.stream(all).filter(used::contains).toArray();
    }
  }

  private boolean touches(int chunk, IntPredicate predicate) {
    for (Block block : manifest.lattice().blocksOf(chunk)) {
      if (predicate.test(block.tensorIndex())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes everything.
   *
   * @return the blocks that have at least their base
   * @throws BadChunkException if a chunk cannot be decoded
   */
  BitSet run() throws IOException {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (int group = 0; group < queues.length; group++) {
        int limit = group == 0 ? manifest.blocks().blockCount() : frontier[group - 1];
        moved |= advance(group, limit);
      }
      writeBelow(frontier[queues.length - 1]);
    }
    return based;
  }

  /** Decodes the group's chunks that end at or before {@code limit}; of the base one at a time. */
  private boolean advance(int group, int limit) throws IOException {
    boolean moved = false;
    while (next[group] < queues[group].length && !(group == 0 && moved)) {
      int chunk = queues[group][next[group]];
      if (manifest.chunks().get(chunk).endBlock() > limit) {
        break;
      }
      decode(chunk);
      next[group]++;
      moved = true;
    }
    int position =
        next[group] == queues[group].length
            ? limit
            : Math.min(limit, manifest.chunks().get(queues[group][next[group]]).firstBlock());
    moved |= position != frontier[group];
    frontier[group] = position;
    return moved;
  }

  private void decode(int chunk) throws IOException {
    ChunkSpec spec = manifest.chunks().get(chunk);
    List<BlockState> touched = new ArrayList<>();
    for (Block block : manifest.lattice().blocksOf(chunk)) {
      touched.add(
          open.computeIfAbsent(block.index(), index -> new BlockState(block, manifest.levels())));
    }
    try {
      ByteBuffer bytes = source.read(spec.digest(), spec.size());
      if (spec.group() == manifest.losslessGroup()) {
        WeightTarget.Incoming incoming = target.incoming();
        ChunkDecoder.decodeLossless(manifest.levels(), touched, bytes, incoming::slice);
        incoming.finish();
        touched.forEach(state -> open.remove(state.block().index()));
      } else {
        ChunkDecoder.decode(spec.group(), manifest.levels(), touched, bytes);
        touched.forEach(state -> based.set(state.block().index()));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException e) {
      throw new BadChunkException(chunk, e);
    }
  }

  private void writeBelow(int end) throws IOException {
    Map<Integer, BlockState> done = open.headMap(end);
    for (BlockState state : done.values()) {
      if (tensors.test(state.block().tensorIndex())) {
        target.write(state);
      }
    }
    done.clear();
  }
}
