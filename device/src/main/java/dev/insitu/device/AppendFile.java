package dev.insitu.device;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that grows at its end, is cut there, and is read anywhere by several threads. A write that
 * fails half-way leaves the end where it was before. Reads survive the interruption of other
 * threads, which closes a channel.
 */
final class AppendFile implements Closeable {

  private final Path path;
  private final StoreGate gate;
  private @Nullable FileChannel channel; // guarded by this
  private boolean closed; // guarded by this
  private volatile long length;

  /** Opens the file, or makes it. */
  AppendFile(Path path, StoreGate gate) throws IOException {
    this.path = path;
    this.gate = gate;
    this.length = channel().size();
  }

  Path path() {
    return path;
  }

  /** Bytes appended and not cut. */
  long length() {
    return length;
  }

  /** Appends all remaining bytes. One thread at a time. */
  void append(ByteBuffer bytes) throws IOException {
    long position = length;
    int wanted = bytes.remaining();
    int allowed = gate.allow(wanted);
    ByteBuffer some = bytes.duplicate();
    Buffers.limit(some, some.position() + Math.min(wanted, allowed));
    while (some.hasRemaining()) {
      position += channel().write(some, position);
    }
    if (allowed < wanted) {
      throw new IOException("No space left on device");
    }
    Buffers.position(bytes, bytes.limit());
    length = position;
  }

  /** Cuts the file to its first bytes. */
  void truncate(long newLength) throws IOException {
    channel().truncate(newLength);
    length = newLength;
  }

  /** Fills the buffer from a position. */
  void read(ByteBuffer into, long offset) throws IOException {
    int start = into.position();
    while (into.hasRemaining()) {
      long at = offset + into.position() - start;
      try {
        if (channel().read(into, at) < 0) {
          throw new EOFException(path + " ends before byte " + (offset + into.limit() - start));
        }
      } catch (ClosedByInterruptException e) {
        throw e; // this thread was interrupted, not another one
      } catch (ClosedChannelException e) {
        requireOpen(e); // another reader was interrupted: go on with a new channel
      }
    }
  }

  /** Makes what was appended survive the loss of power. */
  void force() throws IOException {
    channel().force(false);
  }

  /** Closes and deletes the file. */
  void delete() throws IOException {
    close();
    Files.deleteIfExists(path);
  }

  private synchronized void requireOpen(ClosedChannelException cause)
      throws ClosedChannelException {
    if (closed) {
      throw cause;
    }
  }

  private synchronized FileChannel channel() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    FileChannel open = channel;
    if (open == null || !open.isOpen()) {
      open =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel = open;
    }
    return open;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (channel != null) {
      channel.close();
    }
  }
}
