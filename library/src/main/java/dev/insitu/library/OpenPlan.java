package dev.insitu.library;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Plan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plan whose content can be read: the manifest in the plan's form, then its chunks. Its chunks
 * count as used until its lease ends. Safe for use by several threads.
 */
public final class OpenPlan {

  private final Plan plan;
  private final StoredPackage stored;
  private final ByteBuffer head;
  private final List<ChunkRef> chunks;
  private final long[] boundaries;
  private final ChunkStore store;
  private @Nullable StoredBytes opened; // as found last, not held

  OpenPlan(Plan plan, StoredPackage stored, ByteBuffer head, ChunkStore store) {
    this.plan = plan;
    this.stored = stored;
    this.head = head.asReadOnlyBuffer();
    this.chunks = stored.chunksOf(plan.content());
    this.store = store;
    this.boundaries = new long[chunks.size() + 1];
    boundaries[0] = head.remaining();
    for (int i = 0; i < chunks.size(); i++) {
      boundaries[i + 1] = boundaries[i] + chunks.get(i).size();
    }
  }

  public Plan plan() {
    return plan;
  }

  public Digest id() {
    return plan.id();
  }

  /** The package it is of. */
  public StoredPackage stored() {
    return stored;
  }

  /** The manifest in the plan's form, read-only; empty if the device holds it. */
  public ByteBuffer head() {
    return head.duplicate();
  }

  /** Bytes of head and chunks. */
  public long length() {
    return boundaries[boundaries.length - 1];
  }

  List<ChunkRef> chunks() {
    return chunks;
  }

  /** The least chunk boundary at or after a position in the content. */
  public long boundaryAtOrAfter(long position) {
    int low = 0;
    int high = boundaries.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (boundaries[middle] >= position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return boundaries[low];
  }

  /**
   * The chunks' bytes, without the head; to be closed by the caller.
   *
   * @throws LibraryException UNKNOWN_CHUNK if the lease has ended and the chunks are gone
   */
  public synchronized StoredBytes open() throws IOException {
    StoredBytes last = opened;
    if (last != null && last.retain()) {
      return last;
    }
    StoredBytes fresh = store.open(chunks);
    opened = fresh;
    return fresh;
  }
}
