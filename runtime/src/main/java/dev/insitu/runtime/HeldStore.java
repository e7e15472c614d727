package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.ChunkDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes chunks as they arrive and holds the codes of every block, so that a further chunk costs
 * in proportion to itself. When a block is exact its values go to a generation of their own and its
 * codes are freed.
 */
final class HeldStore implements TensorStore {

  private final Manifest manifest;
  private final ChunkSource source;
  private final Generation exact;
  private final @Nullable BlockState[] states;
  private final BitSet exactBlocks = new BitSet();
  private final ArrayDeque<BlockState> becameExact = new ArrayDeque<>(); // not yet written
  private final BitSet added = new BitSet();
  private BitSet forgotten = new BitSet(); // chunks of {@code added} whose codes were freed

  /**
   * @param exact takes the values that are the reference's; taken over
   */
  HeldStore(Manifest manifest, ChunkSource source, Generation exact) {
    this.manifest = manifest;
    this.source = source;
    this.exact = exact;
    this.states = new @Nullable BlockState[manifest.blocks().blockCount()];
    int tensors = manifest.tensors().size();
    for (int tensor = 0; tensor < tensors; tensor++) {
      completeIfExact(tensor); // tensors without elements
    }
  }

  @Override
  public void add(int chunk) throws IOException {
    remember();
    writeExact();
    decode(chunk);
    added.set(chunk);
  }

  private void decode(int chunk) throws IOException {
    List<BlockState> touched = statesOf(chunk);
    ChunkSpec spec = manifest.chunks().get(chunk);
    try {
      ByteBuffer bytes = source.read(spec.digest(), spec.size());
      if (spec.group() == manifest.losslessGroup()) {
        decodeLossless(touched, bytes);
      } else {
        ChunkDecoder.decode(spec.group(), manifest.levels(), touched, bytes);
        keep(touched);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException e) {
      throw new BadChunkException(chunk, e);
    }
  }

  private List<BlockState> statesOf(int chunk) {
    List<Block> blocks = manifest.lattice().blocksOf(chunk);
    List<BlockState> found = new ArrayList<>(blocks.size());
    for (Block block : blocks) {
      BlockState state = states[block.index()];
      found.add(state == null ? new BlockState(block, manifest.levels()) : state);
    }
    return found;
  }

  private void keep(List<BlockState> touched) {
    for (BlockState state : touched) {
      Block block = state.block();
      states[block.index()] = state;
      if (!exactBlocks.get(block.index()) && state.group() == topGroup(block)) {
        becameExact.add(state);
      }
    }
  }

  private void decodeLossless(List<BlockState> touched, ByteBuffer bytes) {
    WeightChannel.Incoming incoming = exact.incoming();
    ChunkDecoder.decodeLossless(manifest.levels(), touched, bytes, incoming::slice);
    incoming.finish();
    for (BlockState state : touched) {
      drop(state.block());
    }
  }

  private void writeExact() throws IOException {
    while (!becameExact.isEmpty()) {
      BlockState state = becameExact.getFirst();
      exact.write(state);
      drop(state.block());
      becameExact.removeFirst();
    }
  }

  private void drop(Block block) {
    states[block.index()] = null;
    exactBlocks.set(block.index());
    completeIfExact(block.tensorIndex());
  }

  private void completeIfExact(int tensor) {
    BlockTable table = manifest.blocks();
    if (exactBlocks.nextClearBit(table.firstBlock(tensor)) >= table.firstBlock(tensor + 1)) {
      exact.completeExact(tensor);
    }
  }

  /** The group after which a block has the reference's values. */
  private int topGroup(Block block) {
    int group = manifest.losslessGroup();
    while (!block.tensor().hasContent(group, manifest.levels())) {
      group--;
    }
    return group;
  }

  @Override
  public boolean writeBlock(int block, Generation target) throws IOException {
    BlockState state = states[block];
    if (state == null || exactBlocks.get(block) || becameExact.contains(state)) {
      return false;
    }
    target.write(state);
    return true;
  }

  @Override
  public void write(BitSet tensors, Generation target, int stamp) throws IOException {
    if (!exactTensors(tensors)) {
      remember();
    }
    writeExact();
    for (int t = tensors.nextSetBit(0); t >= 0; t = tensors.nextSetBit(t + 1)) {
      write(t, target);
      target.complete(t, stamp);
    }
  }

  private void write(int tensor, Generation target) throws IOException {
    BlockTable table = manifest.blocks();
    for (int i = table.firstBlock(tensor); i < table.firstBlock(tensor + 1); i++) {
      BlockState state = states[i];
      if (target.hasBlock(i)) {
        continue;
      }
      if (exactBlocks.get(i)) {
        target.copy(table.block(i), exact);
      } else if (state != null) {
        target.write(state);
      } else {
        throw new IllegalStateException("Nothing of block " + i + " has arrived");
      }
    }
  }

  private boolean exactTensors(BitSet tensors) {
    return tensors.stream().allMatch(exact::has);
  }

  @Override
  public @Nullable Generation exact(Iterable<Integer> tensors) throws IOException {
    writeExact();
    for (int tensor : tensors) {
      if (!exact.has(tensor)) {
        return null;
      }
    }
    return exact;
  }

  @Override
  public void forget() {
    forgotten = new BitSet();
    SubModel.closureOf(manifest, added.stream().filter(chunk -> !allExact(chunk)))
        .indices()
        .forEach(forgotten::set);
    Arrays.fill(states, null);
    becameExact.clear();
  }

  private void remember() throws IOException {
    while (!forgotten.isEmpty()) {
      int chunk = forgotten.nextSetBit(0); // its needs stand before it
      try {
        decode(chunk);
        forgotten.clear(chunk);
      } catch (BadChunkException e) {
        lose(chunk);
        throw e;
      }
    }
  }

  private void lose(int chunk) {
    added.clear(chunk);
    BitSet left = new BitSet();
    SubModel.usableOf(manifest, added).indices().forEach(left::set);
    added.and(left);
    forgotten.and(left);
  }

  private boolean allExact(int chunk) {
    for (Block block : manifest.lattice().blocksOf(chunk)) {
      if (!exactBlocks.get(block.index())) {
        return false;
      }
    }
    return true;
  }

  /** Bytes of memory held for blocks. */
  long memoryBytes() {
    long sum = 0;
    for (BlockState state : states) {
      sum += state == null ? 0 : state.memoryBytes();
    }
    return sum;
  }

  @Override
  public void close() {
    Arrays.fill(states, null);
    exact.release();
  }
}
