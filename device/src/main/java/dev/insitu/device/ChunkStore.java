package dev.insitu.device;

import dev.insitu.device.JournalRecord.Kind;
import dev.insitu.device.JournalRecord.Location;
import dev.insitu.device.Segment.Part;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All verified chunks of a device, whichever models use them, and the parts of chunks whose
 * transfer was cut. Thread-safe.
 *
 * <p>Bytes are appended to segment files as they come from the network and recorded in a journal
 * when they have their digest. A process that is killed at any point loses nothing that was
 * written: the kernel has it. {@link #force} makes it survive a loss of power; what a loss of power
 * took or damaged is noticed when it is read, and fetched again.
 */
final class ChunkStore implements ChunkSource, AutoCloseable {

  /** A segment file takes no further chunk beyond this size. */
  static final long DEFAULT_SEGMENT_BYTES = 64L << 20;

  /** A segment of which less is of use is not kept as it is. */
  private static final double SPARSE = 0.5;

  private final Path directory;
  private final StoreGate gate;
  private final long segmentBytes;
  private final StoreJournal journal;
  private final Map<Digest, Held> chunks = new HashMap<>(); // guarded by this
  private final TreeMap<Integer, Segment> segments; // guarded by this
  private int lastSegment; // guarded by this

  /** A chunk that is there, and whether this process has already seen that it has its digest. */
  private static final class Held {
    final Location location;
    volatile boolean verified;

    Held(Location location, boolean verified) {
      this.location = location;
      this.verified = verified;
    }
  }

  ChunkStore(Path directory, StoreGate gate, long segmentBytes, StoreRecovery recovered) {
    this.directory = directory;
    this.gate = gate;
    this.segmentBytes = segmentBytes;
    this.journal = recovered.journal();
    this.segments = recovered.segments();
    this.lastSegment = recovered.index().lastSegment();
    recovered
        .index()
        .chunks()
        .forEach((digest, location) -> chunks.put(digest, new Held(location, false)));
  }

  /** Opens the store of a directory, or makes it, and repairs what a crash left. */
  static ChunkStore open(Path directory) throws IOException {
    return open(directory, StoreGate.OPEN, DEFAULT_SEGMENT_BYTES);
  }

  static ChunkStore open(Path directory, StoreGate gate, long segmentBytes) throws IOException {
    return new ChunkStore(directory, gate, segmentBytes, StoreRecovery.recover(directory, gate));
  }

  synchronized boolean contains(Digest digest) {
    return chunks.containsKey(digest);
  }

  /** Number of chunks. */
  synchronized int count() {
    return chunks.size();
  }

  /** Bytes on disk: segments, with what is dead in them, and journal. */
  synchronized long usedBytes() {
    return journal.bytes() + segments.values().stream().mapToLong(s -> s.file.length()).sum();
  }

  /** How many bytes of a chunk arrived before its transfer was cut. */
  synchronized int partBytes(Digest digest) {
    Segment segment = segmentWithPart(digest);
    return segment == null ? 0 : segment.partBytes();
  }

  /** {@inheritDoc} The digest is computed once per process and chunk. */
  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    gate.read(size);
    while (true) {
      Held held = find(digest);
      if (held.location.size() != size) {
        throw ElasticException.corrupt(
            "Chunk "
                + digest.brief()
                + " has "
                + held.location.size()
                + " bytes, not "
                + size
                + ".");
      }
      try {
        return verified(digest, held, readAt(held.location));
      } catch (ClosedChannelException e) {
        if (Thread.currentThread().isInterrupted() || !hasMoved(digest, held)) {
          throw e;
        }
      }
    }
  }

  private ByteBuffer verified(Digest digest, Held held, ByteBuffer bytes) throws IOException {
    if (!held.verified) {
      if (!Digest.sha256(bytes).equals(digest)) {
        remove(List.of(digest));
        throw ElasticException.corrupt(
            "Chunk "
                + digest.brief()
                + " in "
                + directory
                + " does not have its digest; it was dropped.\nMaybe the disk is damaged or power"
                + " was lost; pull the model again to fetch it anew.");
      }
      held.verified = true;
    }
    return bytes;
  }

  private synchronized Held find(Digest digest) throws IOException {
    Held held = chunks.get(digest);
    if (held == null) {
      throw new IOException("Chunk " + digest.brief() + " is not in " + directory + ".");
    }
    return held;
  }

  private synchronized boolean hasMoved(Digest digest, Held held) {
    Held now = chunks.get(digest);
    return now != null && now != held;
  }

  private ByteBuffer readAt(Location location) throws IOException {
    AppendFile file;
    synchronized (this) {
      Segment segment = segments.get(location.segment());
      if (segment == null) {
        throw new ClosedChannelException();
      }
      file = segment.file;
    }
    ByteBuffer bytes = ByteBuffer.allocate(location.size());
    file.read(bytes, location.offset());
    return Buffers.flip(bytes);
  }

  /** A way in for the chunks of one connection. */
  ChunkInflow openInflow() {
    return new ChunkInflow(this);
  }

  /**
   * The segment to append a chunk to: the one that holds a part of it, else the one given, else any
   * idle one with room and no part of another chunk, else a new one. It belongs to the caller until
   * {@link #release}.
   */
  synchronized Segment acquire(Digest digest, @Nullable Segment current) throws IOException {
    Segment chosen = segmentWithPart(digest);
    if (chosen == null && current != null && current.part == null && hasRoom(current)) {
      return current;
    }
    if (current != null) {
      release(current);
    }
    if (chosen == null) {
      chosen =
          segments.values().stream()
              .filter(segment -> !segment.writing && segment.part == null && hasRoom(segment))
              .findFirst()
              .orElse(null);
    }
    if (chosen == null) {
      chosen = newSegment();
    }
    chosen.writing = true;
    return chosen;
  }

  private boolean hasRoom(Segment segment) {
    return segment.file.length() < segmentBytes;
  }

  private Segment newSegment() throws IOException {
    int number = lastSegment + 1;
    AppendFile file = new AppendFile(StoreRecovery.segmentPath(directory, number), gate);
    Segment segment = new Segment(number, file);
    segments.put(number, segment);
    lastSegment = number;
    return segment;
  }

  private @Nullable Segment segmentWithPart(Digest digest) {
    for (Segment segment : segments.values()) {
      Part part = segment.part;
      if (!segment.writing && part != null && part.digest().equals(digest)) {
        return segment;
      }
    }
    return null;
  }

  /** Ends the ownership; an unfinished chunk stays for whoever goes on with it. */
  synchronized void release(Segment segment) {
    segment.writing = false;
  }

  /** Records that a chunk begins at the end of a segment. */
  synchronized void begin(Segment segment, Part part) throws IOException {
    journal.append(new JournalRecord(Kind.BEGUN, part.digest(), locationOf(segment, part)));
    segment.part = part;
  }

  /** Records that the chunk at the end of a segment is whole and verified. */
  synchronized void add(Segment segment, Part part) throws IOException {
    if (chunks.containsKey(part.digest())) {
      drop(segment, part); // somebody else was faster
      return;
    }
    Location location = locationOf(segment, part);
    journal.append(new JournalRecord(Kind.ADDED, part.digest(), location));
    chunks.put(part.digest(), new Held(location, true));
    segment.liveBytes += part.size();
    segment.dirty = true;
    segment.part = null;
  }

  /** Cuts the chunk at the end of a segment off. */
  synchronized void drop(Segment segment, Part part) throws IOException {
    segment.part = null;
    segment.file.truncate(part.offset());
  }

  private static Location locationOf(Segment segment, Part part) {
    return new Location(segment.number, part.offset(), part.size());
  }

  /** Removes chunks and gives their space back. */
  synchronized void remove(Collection<Digest> digests) throws IOException {
    for (Digest digest : digests) {
      Held held = chunks.get(digest);
      if (held != null) {
        journal.append(new JournalRecord(Kind.REMOVED, digest, held.location));
        chunks.remove(digest);
        Segment segment = segments.get(held.location.segment());
        if (segment != null) {
          segment.liveBytes -= held.location.size();
        }
      }
    }
    reclaim(SPARSE);
  }

  /** Removes all chunks but these. */
  synchronized void retain(Set<Digest> wanted) throws IOException {
    List<Digest> others = new ArrayList<>();
    for (Digest digest : chunks.keySet()) {
      if (!wanted.contains(digest)) {
        others.add(digest);
      }
    }
    remove(others);
  }

  /** Moves chunks together wherever that gives space back. */
  synchronized void compact() throws IOException {
    reclaim(1);
  }

  /** Gives up the parts of chunks that nobody is going to go on with. */
  synchronized void dropPartsExcept(Collection<Digest> wanted) throws IOException {
    for (Segment segment : segments.values()) {
      Part part = segment.part;
      if (part != null && !segment.writing && !wanted.contains(part.digest())) {
        drop(segment, part);
      }
    }
    reclaim(SPARSE);
  }

  /**
   * Deletes segments without chunks and moves the chunks of sparse ones together.
   *
   * @param share of its bytes that must be of use for a segment to stay
   */
  private void reclaim(double share) throws IOException {
    for (Segment segment : List.copyOf(segments.values())) {
      boolean sparse = segment.liveBytes < share * segment.file.length();
      if (!segment.writing && segment.part == null && sparse && segment.liveBytes > 0) {
        moveChunksOutOf(segment);
      }
      if (segment.isEmpty()) {
        segments.remove(segment.number);
        segment.file.delete();
      }
    }
  }

  private void moveChunksOutOf(Segment sparse) throws IOException {
    List<Digest> inside = new ArrayList<>();
    chunks.forEach((digest, held) -> {
      if (held.location.segment() == sparse.number) {
        inside.add(digest);
      }
    });
    Segment target = newSegment();
    for (Digest digest : inside) {
      Held held = chunks.get(digest);
      if (held != null) {
        Location location = new Location(target.number, target.file.length(), held.location.size());
        target.file.append(readAt(held.location));
        journal.append(new JournalRecord(Kind.ADDED, digest, location));
        chunks.put(digest, new Held(location, held.verified));
        target.liveBytes += location.size();
        sparse.liveBytes -= location.size();
      }
    }
    target.dirty = true;
  }

  /** Makes everything that is recorded survive a loss of power. */
  void force() throws IOException {
    List<Segment> dirty = new ArrayList<>();
    synchronized (this) {
      for (Segment segment : segments.values()) {
        if (segment.dirty) {
          segment.dirty = false;
          dirty.add(segment);
        }
      }
    }
    for (Segment segment : dirty) {
      try {
        segment.file.force();
      } catch (ClosedChannelException e) {
        // the segment was given back in the meantime
      }
    }
    if (!dirty.isEmpty()) {
      journal.force();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      force();
    } finally {
      synchronized (this) {
        for (Segment segment : segments.values()) {
          segment.file.close();
        }
      }
      journal.close();
    }
  }
}
