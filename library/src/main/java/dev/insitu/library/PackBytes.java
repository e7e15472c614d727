package dev.insitu.library;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Extents of pack files as one sequence. Adjacent extents are one, so a run of chunks is one call
 * to the system.
 */
final class PackBytes implements StoredBytes {

  private final List<Pack> packs; // per extent
  private final long[] offsets; // per extent, in its pack
  private final long[] ends; // per extent, in this sequence
  private final Set<Pack> distinct;

  private PackBytes(List<Pack> packs, long[] offsets, long[] ends) {
    this.packs = packs;
    this.offsets = offsets;
    this.ends = ends;
    this.distinct = new LinkedHashSet<>(packs);
  }

  /** Collects extents in order. */
  static final class Builder {
    private final List<Pack> packs = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private long size;

    void add(Pack pack, long offset, int length) {
      int last = packs.size() - 1;
      size += length;
      if (last >= 0 && packs.get(last) == pack && offset == offsets.get(last) + lengthOf(last)) {
        ends.set(last, size);
        return;
      }
      packs.add(pack);
      offsets.add(offset);
      ends.add(size);
    }

    private long lengthOf(int extent) {
      return ends.get(extent) - (extent == 0 ? 0 : ends.get(extent - 1));
    }

    /** Without a hold: {@link #retain} takes the first one. */
    PackBytes build() {
      return new PackBytes(List.copyOf(packs), toArray(offsets), toArray(ends));
    }

    private static long[] toArray(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }
  }

  /** How many extents: fewer is faster. */
  int extents() {
    return offsets.length;
  }

  @Override
  public long size() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    long done = 0;
    while (done < count && position + done < size()) {
      int extent = extentAt(position + done);
      long length = Math.min(count - done, ends[extent] - position - done);
      long moved =
          packs.get(extent).channel().transferTo(offsetOf(extent, position + done), length, target);
      done += moved;
      if (moved < length) {
        return done;
      }
    }
    return done;
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    if (position >= size()) {
      return -1;
    }
    int extent = extentAt(position);
    ByteBuffer part = target.slice();
    part.limit((int) Math.min(part.limit(), ends[extent] - position));
    int count = packs.get(extent).channel().read(part, offsetOf(extent, position));
    if (count < 0) {
      throw new EOFException("Pack file " + packs.get(extent).path() + " ends too early.");
    }
    target.position(target.position() + count);
    return count;
  }

  private long offsetOf(int extent, long position) {
    long begin = extent == 0 ? 0 : ends[extent - 1];
    return offsets[extent] + position - begin;
  }

  private int extentAt(long position) {
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  @Override
  public boolean retain() {
    List<Pack> held = new ArrayList<>();
    for (Pack pack : distinct) {
      if (!retainQuietly(pack)) {
        held.forEach(Pack::release);
        return false;
      }
      held.add(pack);
    }
    return true;
  }

  private static boolean retainQuietly(Pack pack) {
    try {
      return pack.retain();
    } catch (IOException e) {
      return false; // opening anew gives the reason
    }
  }

  @Override
  public void close() {
    distinct.forEach(Pack::release);
  }
}
