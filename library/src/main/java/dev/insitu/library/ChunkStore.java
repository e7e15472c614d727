package dev.insitu.library;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Chunks by digest, each stored once. Knows nothing of versions. Safe for use by several threads;
 * {@link #add}, {@link #discard} and {@link #sweep} are called by one thread at a time.
 */
public interface ChunkStore extends ChunkSource, AutoCloseable {

  /** Bytes of a chunk, or empty if it is not stored. */
  OptionalInt sizeOf(Digest chunk);

  /** A name for the next {@link #add} that no earlier one has. */
  String newBatch();

  /**
   * Stores chunks in the given order, near one another. All are durable when the method returns; if
   * it fails, none is there.
   *
   * @param batch name from {@link #newBatch}
   * @param chunks none of them stored yet, no two the same
   * @param from gives their bytes and checks digests
   */
  void add(String batch, Collection<ChunkRef> chunks, ChunkSource from) throws IOException;

  /** Removes what {@link #add} stored or left half stored under that name. */
  void discard(String batch) throws IOException;

  /**
   * Opens chunks as one sequence of bytes, which stays readable until it is closed, whatever is
   * removed meanwhile.
   *
   * @throws LibraryException UNKNOWN_CHUNK if one is not stored
   */
  StoredBytes open(List<ChunkRef> chunks) throws IOException;

  /**
   * Removes the chunks that are not to be kept.
   *
   * @param dryRun whether only to tell what would go
   */
  Swept sweep(Predicate<Digest> keep, boolean dryRun) throws IOException;

  /** How many chunks are stored. */
  long chunkCount();

  /** Bytes on disk. */
  long bytes();

  @Override
  void close() throws IOException;

  /**
   * What a sweep removed.
   *
   * @param chunksRemoved chunks that nothing keeps
   * @param bytesRemoved their bytes
   * @param chunksKept chunks that stay
   * @param bytesKept their bytes
   */
  record Swept(long chunksRemoved, long bytesRemoved, long chunksKept, long bytesKept) {}
}
