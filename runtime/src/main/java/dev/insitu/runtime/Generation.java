package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.codec.BlockState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * A directory with a weight file and the graphs of the sessions over it. Every tensor is written at
 * most once, before the first session uses it: what a session has mapped never changes. Goes with
 * its last holder. Used by the builder's thread only, but for holding.
 */
final class Generation extends Shared {

  /** The name of the weight file in every graph. */
  static final String WEIGHTS = "weights.bin";

  private static final int EXACT = Integer.MAX_VALUE;

  private final WorkDirectory work;
  private final Manifest manifest;
  private final Path directory;
  private final WeightChannel weights;
  private final BitSet blocks = new BitSet();
  private final int[] stamps; // per tensor: 0 not written, else which chunks it knows

  Generation(WorkDirectory work, String name, Manifest manifest) throws IOException {
    this.manifest = manifest;
    this.directory = Files.createDirectory(work.path().resolve(name));
    this.weights = new WeightChannel(directory.resolve(WEIGHTS), manifest.layout());
    this.stamps = new int[manifest.tensors().size()];
    this.work = work;
    work.retain();
  }

  /** Whether a tensor has been written. */
  boolean has(int tensor) {
    return stamps[tensor] != 0;
  }

  /** What was given to {@link #complete}; 0 if the tensor has not been written. */
  int stamp(int tensor) {
    return stamps[tensor];
  }

  /** Says that a tensor has been written, with all chunks decoded up to {@code stamp}. */
  void complete(int tensor, int stamp) {
    stamps[tensor] = stamp;
  }

  /** Says that a tensor has been written as the reference has it. */
  void completeExact(int tensor) {
    stamps[tensor] = EXACT;
  }

  /** Whether a block has been written by {@link #write} or {@link #copy}. */
  boolean hasBlock(int block) {
    return blocks.get(block);
  }

  void write(BlockState state) throws IOException {
    requireUnused(state.block());
    weights.write(state);
    blocks.set(state.block().index());
  }

  void copy(Block block, Generation source) throws IOException {
    requireUnused(block);
    weights.copy(block, source.weights);
    blocks.set(block.index());
  }

  /** Writes tensors from chunks. */
  void sweep(ChunkSource source, SubModel model, BitSet tensors) throws IOException {
    new BlockSweep(manifest, source, model, tensors::get, weights).run();
  }

  /** Makes the weight file as long as graphs expect, though some tensors may not be there. */
  void extend() throws IOException {
    weights.extend();
  }

  WeightChannel.Incoming incoming() {
    return weights.incoming();
  }

  private void requireUnused(Block block) {
    if (has(block.tensorIndex())) {
      throw new IllegalStateException(
          "Tensor '" + block.tensor().name() + "' is in use in " + directory);
    }
  }

  /** The file of a graph beside the weight file, written at the first call. */
  Path graph(String name, ByteBuffer graph) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      try (FileChannel out =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        while (graph.hasRemaining()) {
          out.write(graph);
        }
      }
    }
    return file;
  }

  @Override
  void dispose() {
    try {
      weights.close();
      WorkDirectory.deleteTree(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      work.release();
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
