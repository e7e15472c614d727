package dev.insitu.runtime;

import java.io.IOException;

/** A chunk that has its digest and still cannot be decoded, or that does not have its digest. */
final class BadChunkException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int chunk;

  BadChunkException(int chunk, RuntimeException cause) {
    super("Chunk " + chunk + " cannot be used: " + cause.getMessage(), cause);
    this.chunk = chunk;
  }

  int chunk() {
    return chunk;
  }
}
