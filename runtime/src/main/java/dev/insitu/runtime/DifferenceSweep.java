package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Makes reference values of others and difference chunks, block after block in order; the blocks of
 * one chunk are in memory at once.
 */
public final class DifferenceSweep {

  private final BlockTable blocks;
  private final ChunkSource source;
  private final BlockTable baseTable;
  private final IntUnaryOperator baseTensors;
  private final FileChannel base;
  private final Target target;

  /** Where values go. */
  @FunctionalInterface
  public interface Target {

    /**
     * Takes a block's values.
     *
     * @param values little-endian, from the position to the limit; its to move
     */
    void write(Block block, ByteBuffer values) throws IOException;
  }

  /**
   * @param blocks of the values that are made
   * @param source holds the difference chunks
   * @param baseTable where the values that chunks are against lie in their file
   * @param baseTensors for each tensor the base's tensor, negative where all was zero
   * @param base the file of those values
   * @param target gets every block once, in order
   */
  public DifferenceSweep(
      BlockTable blocks,
      ChunkSource source,
      BlockTable baseTable,
      IntUnaryOperator baseTensors,
      FileChannel base,
      Target target) {
    this.blocks = blocks;
    this.source = source;
    this.baseTable = baseTable;
    this.baseTensors = baseTensors;
    this.base = base;
    this.target = target;
  }

  /**
   * Makes everything; blocks that no chunk covers are the base's.
   *
   * @throws dev.insitu.elastic.ElasticException if a chunk is damaged
   * @throws IOException if a chunk or the base cannot be read, or the target throws it
   */
  public void run(List<DifferenceChunk> chunks) throws IOException {
    int next = 0;
    for (DifferenceChunk chunk : chunks) {
      copy(next, chunk.firstBlock());
      apply(chunk);
      next = chunk.endBlock();
    }
    copy(next, blocks.blockCount());
  }

  private void copy(int from, int end) throws IOException {
    for (int i = from; i < end; i++) {
      Block block = blocks.block(i);
      target.write(block, baseValues(block));
    }
  }

  private void apply(DifferenceChunk chunk) throws IOException {
    List<Block> covered = new ArrayList<>();
    List<ByteBuffer> values = new ArrayList<>();
    for (int i = chunk.firstBlock(); i < chunk.endBlock(); i++) {
      Block block = blocks.block(i);
      covered.add(block);
      values.add(baseValues(block));
    }
    DifferenceCodec.decode(covered, values, source.read(chunk.digest(), chunk.size()), values);
    for (int i = 0; i < values.size(); i++) {
      target.write(covered.get(i), values.get(i));
    }
  }

  /** The base's values in a block's place; zeros where it has none. */
  private ByteBuffer baseValues(Block block) throws IOException {
    ByteBuffer values = ByteBuffer.allocate(block.byteLength());
    int mapped = baseTensors.applyAsInt(block.tensorIndex());
    if (mapped >= 0) {
      long offset = baseTable.offset(mapped) + block.byteOffset();
      while (values.hasRemaining()) {
        if (base.read(values, offset + values.position()) < 0) {
          throw new IOException("The weight file that differences are against is too short");
        }
      }
    }
    Buffers.window(values, block.byteLength());
    return values;
  }
}
