package dev.insitu.runtime;

import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the chunks that arrived say of the weights. Used by the builder's thread only.
 *
 * <p>A chunk that cannot be used is reported as {@link BadChunkException} and changes nothing;
 * trouble with the disk as {@link IOException}, after which the same call can be repeated.
 */
interface TensorStore {

  /**
   * Adds a chunk, all needs of which have been added.
   *
   * @throws BadChunkException if it cannot be decoded
   */
  void add(int chunk) throws IOException;

  /**
   * Writes a block that has its base, as far as it is known, if it is held and not exact.
   *
   * @return whether it was written
   */
  boolean writeBlock(int block, Generation target) throws IOException;

  /**
   * Writes tensors, all blocks of which have their base, as far as they are known. Blocks that
   * {@code target} has are left as they are.
   */
  void write(BitSet tensors, Generation target, int stamp) throws IOException;

  /** The generation that has the reference's values of all these tensors, or null. */
  @Nullable Generation exact(Iterable<Integer> tensors) throws IOException;

  /** Frees what can be had again from the chunks, and reads these again when it is needed. */
  void forget();

  /** Frees all. */
  void close();
}
