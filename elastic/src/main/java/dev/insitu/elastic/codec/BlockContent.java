package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;

/** What has arrived of a block, by its coding. */
sealed interface BlockContent permits PlaneContent, VectorContent, RawContent {

  /** Writes the values at the present level to the beginning of {@code target}. */
  void rebuild(ByteBuffer target);

  /** Bytes held. */
  long memoryBytes();
}
