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
  private final Digest id;
  private final StoredPackage stored;
  private final ByteBuffer head;
  private final ChunkStore store;
  private @Nullable Layout layout; // made when it is asked for: not every plan is streamed
  private @Nullable StoredBytes opened; // as found last, not held

  OpenPlan(Plan plan, StoredPackage stored, ByteBuffer head, ChunkStore store) {
    this.plan = plan;
    this.id = plan.id();
    this.stored = stored;
    this.head = head.asReadOnlyBuffer();
    this.store = store;
    stored.requireHas(plan.content());
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Layout(List<ChunkRef> chunks, long[] boundaries) {

    static Layout of(List<ChunkRef> chunks, int headBytes) {
      long[] boundaries = new long[chunks.size() + 1];
      boundaries[0] = headBytes;
      for (int i = 0; i < chunks.size(); i++) {
        boundaries[i + 1] = boundaries[i] + chunks.get(i).size();
      }
      return new Layout(chunks, boundaries);
    }
  }

  private synchronized Layout layout() {
    Layout known = layout;
    if (known == null) {
      known = Layout.of(stored.chunksOf(plan.content()), head.remaining());
      layout = known;
    }
    return known;
  }

  public Plan plan() {
    return plan;
  }

  public Digest id() {
    return id;
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
    long[] boundaries = layout().boundaries();
    return boundaries[boundaries.length - 1];
  }

  List<ChunkRef> chunks() {
    return layout().chunks();
  }

  /** The least chunk boundary at or after a position in the content. */
  public long boundaryAtOrAfter(long position) {
    long[] boundaries = layout().boundaries();
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
    StoredBytes fresh = store.open(chunks());
    opened = fresh;
    return fresh;
  }
}
