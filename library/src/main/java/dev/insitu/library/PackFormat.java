package dev.insitu.library;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Pack files: {@code "INSPACK1"}, chunks back to back, then the index: digest and u32 size of every
 * chunk in order, u32 count, SHA-256 of all of the index so far, {@code "INSPACK1"}. Little-endian.
 */
final class PackFormat {

  static final String SUFFIX = ".pack";
  static final String UNFINISHED = ".part";

  private static final byte[] MAGIC = {'I', 'N', 'S', 'P', 'A', 'C', 'K', '1'};
  private static final int ENTRY = Digest.BYTES + Integer.BYTES;
  private static final int TRAILER = Integer.BYTES + Digest.BYTES + MAGIC.length;

  private PackFormat() {}

  /** A chunk in a pack. */
  record Entry(Digest digest, int size, long offset) {

    ChunkRef ref() {
      return new ChunkRef(digest, size);
    }
  }

  /** Writes a pack whole and durable, then gives it its name. */
  static List<Entry> write(Path target, Collection<ChunkRef> chunks, ChunkSource from)
      throws IOException {
    Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
    List<Entry> entries = new ArrayList<>(chunks.size());
    try {
      try (FileChannel out =
          FileChannel.open(
              unfinished,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        writeAll(out, ByteBuffer.wrap(MAGIC));
        for (ChunkRef chunk : chunks) {
          entries.add(new Entry(chunk.digest(), chunk.size(), out.position()));
          writeAll(out, from.read(chunk.digest(), chunk.size()));
        }
        writeAll(out, index(entries));
        out.force(true);
      }
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      forceDirectoryOf(target);
      return entries;
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static ByteBuffer index(List<Entry> entries) {
    int length = Math.addExact(Math.multiplyExact(entries.size(), ENTRY), TRAILER);
    ByteBuffer index = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (Entry entry : entries) {
      entry.digest().write(index);
      index.putInt(entry.size());
    }
    index.putInt(entries.size());
    Digest check = Digest.sha256(index.duplicate().flip());
    check.write(index);
    return index.put(MAGIC).flip();
  }

  /**
   * Reads a pack's index.
   *
   * @throws LibraryException DAMAGED if the file is cut or changed
   */
  static List<Entry> read(Path path) throws IOException {
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = in.size();
      if (size < MAGIC.length + TRAILER) {
        throw damaged(path, "it has only " + size + " bytes");
      }
      ByteBuffer trailer = readAt(in, size - TRAILER, TRAILER);
      long count = Integer.toUnsignedLong(trailer.getInt());
      if (count * ENTRY > size - MAGIC.length - TRAILER
          || count * ENTRY > Integer.MAX_VALUE - TRAILER) {
        throw damaged(path, "its index claims " + count + " chunks in " + size + " bytes");
      }
      int length = (int) (count * ENTRY);
      ByteBuffer index = readAt(in, size - TRAILER - length, length + TRAILER);
      Digest check = Digest.sha256(index.slice(0, length + Integer.BYTES));
      if (!check.equals(Digest.read(trailer)) || !ByteBuffer.wrap(MAGIC).equals(trailer)) {
        throw damaged(path, "its index does not have its digest");
      }
      return entries(path, index, (int) count, size - TRAILER - length);
    }
  }

  private static List<Entry> entries(Path path, ByteBuffer index, int count, long end) {
    List<Entry> entries = new ArrayList<>(count);
    long offset = MAGIC.length;
    for (int i = 0; i < count; i++) {
      Digest digest = Digest.read(index);
      int size = index.getInt();
      if (size < 1 || size > ChunkSpec.MAX_BYTES) {
        throw damaged(path, "chunk " + digest.brief() + " claims " + size + " bytes");
      }
      entries.add(new Entry(digest, size, offset));
      offset += size;
    }
    if (offset != end) {
      throw damaged(path, "its chunks end at byte " + offset + ", its index begins at " + end);
    }
    return entries;
  }

  private static LibraryException damaged(Path path, String what) {
    return new LibraryException(
        LibraryException.Reason.DAMAGED,
        "Pack file "
            + path
            + " is damaged: "
            + what
            + ".\nMaybe restore it from a copy, or move it away and publish its packages again.");
  }

  static ByteBuffer readAt(FileChannel in, long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (in.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("A pack file became shorter while it was read.");
      }
    }
    return bytes.flip();
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Makes a rename durable, where the system lets a directory be opened. */
  private static void forceDirectoryOf(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return; // only the root has none, and it is no file
    }
    try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
      handle.force(true);
    } catch (IOException e) {
      // not every system can; its own journal orders renames then
    }
  }
}
