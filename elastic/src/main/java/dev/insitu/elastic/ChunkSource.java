package dev.insitu.elastic;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where chunk bytes come from: a package file, a device's store, a library. */
public interface ChunkSource {

  /**
   * The bytes of a chunk, verified against its digest.
   *
   * @param digest names the chunk
   * @param size its bytes
   * @return a buffer with exactly that many bytes remaining, not to be written to
   * @throws ElasticException CORRUPT if the bytes do not have that digest
   * @throws IOException if they cannot be read or are not there
   */
  ByteBuffer read(Digest digest, int size) throws IOException;
}
