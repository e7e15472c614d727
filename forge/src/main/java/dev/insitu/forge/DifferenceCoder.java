package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Codes blocks of values against others in their place. */
final class DifferenceCoder {

  private static final int ZSTD_LEVEL = 19;

  /** Bytes of values in a chunk: it stays within its limit even where nothing compresses. */
  private static final int VALUE_BYTES = 512 << 10;

  private final Values newer;
  private final Values base;
  private final ChunkSpool spool;

  /** Where a block's values come from. */
  @FunctionalInterface
  interface Values {

    /** Fills the buffer with a block's values, little-endian. */
    void read(Block block, ByteBuffer into) throws IOException;
  }

  /**
   * @param newer the values that chunks give
   * @param base those that chunks are against
   * @param spool where chunks go
   */
  DifferenceCoder(Values newer, Values base, ChunkSpool spool) {
    this.newer = newer;
    this.base = base;
    this.spool = spool;
  }

  /** The values of a package's tensors. */
  static Values of(List<Weight> tensors) {
    return (block, into) -> tensors.get(block.tensorIndex()).read(block.byteOffset(), into);
  }

  /** A block's values. */
  static ByteBuffer values(Values of, Block block) throws IOException {
    ByteBuffer values = ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    of.read(block, values);
    return values.flip();
  }

  /**
   * Codes some blocks.
   *
   * @param blocks ascending
   * @param progress is told how many are done
   */
  List<DifferenceChunk> code(List<Block> blocks, IntConsumer progress) throws IOException {
    List<DifferenceChunk> chunks = new ArrayList<>();
    int done = 0;
    for (List<Block> run : runs(blocks)) {
      chunks.add(encode(run));
      done += run.size();
      progress.accept(done);
    }
    return chunks;
  }

  /** Runs of consecutive blocks, each of at most {@link #VALUE_BYTES} unless a block is larger. */
  static List<List<Block>> runs(List<Block> blocks) {
    List<List<Block>> runs = new ArrayList<>();
    List<Block> open = new ArrayList<>();
    long bytes = 0;
    for (Block block : blocks) {
      boolean gap = !open.isEmpty() && open.getLast().index() + 1 != block.index();
      if (gap || !open.isEmpty() && bytes + block.byteLength() > VALUE_BYTES) {
        runs.add(List.copyOf(open));
        open.clear();
        bytes = 0;
      }
      open.add(block);
      bytes += block.byteLength();
    }
    if (!open.isEmpty()) {
      runs.add(open);
    }
    return runs;
  }

  private DifferenceChunk encode(List<Block> blocks) throws IOException {
    List<ByteBuffer> after = new ArrayList<>();
    List<ByteBuffer> before = new ArrayList<>();
    for (Block block : blocks) {
      after.add(values(newer, block));
      before.add(values(base, block));
    }
    byte[] chunk = DifferenceCodec.encode(blocks, after, before, ZSTD_LEVEL);
    int first = blocks.getFirst().index();
    return new DifferenceChunk(spool.add(chunk), chunk.length, first, blocks.getLast().index() + 1);
  }
}
