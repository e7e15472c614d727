package dev.insitu.runtime;

import dev.insitu.elastic.codec.BlockState;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the values of blocks, one after another. */
interface WeightTarget {

  /** Takes a block's values at its present level. */
  void write(BlockState state) throws IOException;

  /** Takes blocks' values from {@code decodeLossless}, each of which is whole before the next. */
  Incoming incoming();

  /** Values of one block after the other, taken when the next one is asked for. */
  interface Incoming {

    /** Memory for a block's values, as {@code decodeLossless} wants it. */
    ByteBuffer slice(BlockState state);

    /** Takes the last block. */
    void finish();
  }
}
