package dev.insitu.server;

import dev.insitu.library.StoredBytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A part of a response body: bytes in memory, or bytes in pack files that need not pass through the
 * process.
 */
sealed interface Piece {

  /** How many bytes. */
  long length();

  /**
   * Transfers at most {@code count} bytes from {@code position} on; returns how many the target
   * took.
   */
  long transferTo(long position, long count, WritableByteChannel target) throws IOException;

  /** Reads from {@code position} on; returns how many bytes, at least 1. */
  int read(ByteBuffer target, long position) throws IOException;

  /** A part of this piece. */
  Piece slice(long position, long count);

  /** Bytes in memory; not written to. */
  record Memory(ByteBuffer bytes) implements Piece {

    @Override
    public long length() {
      return bytes.remaining();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return target.write(part(position, count));
    }

    @Override
    public int read(ByteBuffer target, long position) {
      ByteBuffer part = part(position, Math.min(target.remaining(), length() - position));
      int count = part.remaining();
      target.put(part);
      return count;
    }

    @Override
    public Piece slice(long position, long count) {
      return new Memory(part(position, count));
    }

    private ByteBuffer part(long position, long count) {
      return bytes.slice(bytes.position() + (int) position, (int) count);
    }
  }

  /** Bytes {@code offset} to {@code offset + length} of stored chunks. */
  record Stored(StoredBytes bytes, long offset, long length) implements Piece {

    static Stored of(StoredBytes bytes) {
      return new Stored(bytes, 0, bytes.size());
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return bytes.transferTo(offset + position, count, target);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      ByteBuffer part = target.slice();
      part.limit((int) Math.min(part.limit(), length - position));
      int count = bytes.read(part, offset + position);
      target.position(target.position() + Math.max(0, count));
      return count;
    }

    @Override
    public Piece slice(long position, long count) {
      return new Stored(bytes, offset + position, count);
    }
  }

  /** Bytes {@code offset} to {@code offset + length} of a file. */
  record InFile(FileChannel file, long offset, long length) implements Piece {

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return file.transferTo(offset + position, count, target);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      ByteBuffer part = target.slice();
      part.limit((int) Math.min(part.limit(), length - position));
      int count = file.read(part, offset + position);
      if (count < 0) {
        throw new EOFException("A file became shorter while it was sent.");
      }
      target.position(target.position() + count);
      return count;
    }

    @Override
    public Piece slice(long position, long count) {
      return new InFile(file, offset + position, count);
    }
  }
}
