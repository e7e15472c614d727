package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElasticException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a device holds of one block.
 *
 * <p>{@link ChunkDecoder} adds to it, {@link #rebuild} writes values from it. Not thread-safe.
 */
public final class BlockState {

  private final Block block;
  private final int levels;
  private @Nullable BlockContent content;
  private int group = -1;

  /**
   * A block of which nothing has arrived.
   *
   * @param levels the package's refinements R
   */
  public BlockState(Block block, int levels) {
    if (levels < block.tensor().refinements()) {
      throw new IllegalArgumentException(
          "Tensor '"
              + block.tensor().name()
              + "' has more refinements than the package's "
              + levels);
    }
    this.block = block;
    this.levels = levels;
  }

  /** The block. */
  public Block block() {
    return block;
  }

  /** The highest group that was added, -1 if none was. The lossless group is not added. */
  public int group() {
    return group;
  }

  /**
   * Planes that are still missing: 0 when all have arrived, s after the base, s + 1 before it.
   * Blocks without planes have level 0 after the base and 1 before it.
   */
  public int level() {
    if (content == null) {
      return block.tensor().refinements() + 1;
    }
    return content instanceof PlaneContent planes ? planes.level() : 0;
  }

  /**
   * Writes the values at the present level, little-endian, in the tensor's type.
   *
   * @param target where to; its position, limit and order are neither used nor changed
   * @param offset of the block's first byte, absolute
   * @throws ElasticException INVALID if nothing has arrived
   */
  public void rebuild(ByteBuffer target, int offset) {
    required().rebuild(Values.slice(target, offset, block.byteLength()));
  }

  /** Bytes held in memory for the block. */
  public long memoryBytes() {
    return content == null ? 0 : content.memoryBytes();
  }

  int levels() {
    return levels;
  }

  /** Whether the base can be added. */
  void requireNothing() {
    if (content != null) {
      throw ElasticException.invalid("Block " + block.index() + " has its base group already.");
    }
  }

  /** The planes, of which all above {@code level} must have arrived. */
  PlaneContent planesAt(int level) {
    if (!(required() instanceof PlaneContent planes) || planes.level() != level) {
      throw ElasticException.invalid(
          "Block "
              + block.index()
              + " misses "
              + level()
              + " planes where "
              + level
              + " are expected."
              + "\nMaybe an earlier group has not been added.");
    }
    return planes;
  }

  /** The halves of a VECTOR or STATED block that holds all groups below {@code next}. */
  VectorContent vectorBefore(int next) {
    if (!(required() instanceof VectorContent vector)) {
      throw new IllegalStateException("Block " + block.index() + " has no halves");
    }
    for (int lower = group + 1; lower < next; lower++) {
      if (block.tensor().hasContent(lower, levels)) {
        throw ElasticException.invalid(
            "Block "
                + block.index()
                + " misses what group "
                + lower
                + " states."
                + "\nMaybe an earlier group has not been added.");
      }
    }
    if (group >= next) {
      throw ElasticException.invalid(
          "Block " + block.index() + " has what group " + next + " states already.");
    }
    return vector;
  }

  void begin(BlockContent base) {
    content = base;
    group = 0;
  }

  void received(int newGroup) {
    group = newGroup;
  }

  private BlockContent required() {
    if (content == null) {
      throw ElasticException.invalid("Nothing of block " + block.index() + " has arrived.");
    }
    return content;
  }
}
