package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElasticException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Adds chunks to block states (format, section 4). Stateless.
 *
 * <p>A chunk is read and checked whole before the first state changes, so a refused chunk leaves
 * every state as it was. What is allocated follows from the blocks, never from a number in the
 * chunk.
 */
public final class ChunkDecoder {

  private ChunkDecoder() {}

  /** Where the exact values of a block go. */
  @FunctionalInterface
  public interface Targets {
    /**
     * The memory of a block's values.
     *
     * @return a buffer whose position is the block's first byte, with at least the block's byte
     *     length remaining; its position and order are neither used further nor changed
     */
    ByteBuffer slice(BlockState state);
  }

  /**
   * Adds a chunk of any group but the lossless one.
   *
   * @param group 0 to {@code levels}
   * @param levels the package's refinements R
   * @param blocks the chunk's blocks that have content in the group, in order
   * @param chunk the chunk from its position to its limit, direct or heap; the position stays
   * @throws ElasticException CORRUPT if the bytes contradict the format, TOO_NEW for another
   *     payload version, LIMIT if the blocks have too many elements together, INVALID if a block
   *     misses a group before
   */
  public static void decode(int group, int levels, List<BlockState> blocks, ByteBuffer chunk) {
    requireContent(group, levels, blocks);
    if (group > levels) {
      throw ElasticException.invalid("The lossless group is read by decodeLossless.");
    }
    try (StreamReader streams = new StreamReader(chunk)) {
      if (group == 0) {
        BaseDecoder.decode(streams, blocks);
      } else {
        RefinementDecoder.decode(streams, group, levels - group, blocks);
      }
    }
    for (BlockState block : blocks) {
      block.received(group);
    }
  }

  /**
   * Writes the reference values of blocks from a chunk of the lossless group, straight to their
   * place. The states need all planes and stay as they are; they can be dropped afterwards.
   *
   * @param levels the package's refinements R
   * @param blocks the chunk's blocks that have content in the lossless group, in order
   * @param chunk the chunk from its position to its limit, direct or heap; the position stays
   * @param targets asked once for each block, in order
   * @throws ElasticException as {@link #decode}; some values may have been written before a
   *     distance is found to be impossible
   */
  public static void decodeLossless(
      int levels, List<BlockState> blocks, ByteBuffer chunk, Targets targets) {
    requireContent(levels + 1, levels, blocks);
    try (StreamReader streams = new StreamReader(chunk)) {
      new LosslessDecoder(streams, blocks).decode(targets);
    }
  }

  private static void requireContent(int group, int levels, List<BlockState> blocks) {
    BlockLimit.require(
        blocks.stream().map(BlockState::block).collect(Collectors.toUnmodifiableList()));
    for (BlockState block : blocks) {
      if (block.levels() != levels || !block.block().tensor().hasContent(group, levels)) {
        throw ElasticException.invalid(
            "Block "
                + block.block().index()
                + " has nothing in group "
                + group
                + " of a package with "
                + levels
                + " refinements.");
      }
    }
  }
}
