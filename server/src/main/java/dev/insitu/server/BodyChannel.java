package dev.insitu.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A response body that looks like a file to the HTTP server: its send-file path then moves any
 * sequence of pieces straight from the pack files to the socket, ranges included.
 */
final class BodyChannel extends FileChannel {

  private final List<Piece> pieces;
  private final long[] ends;
  private volatile long reached; // first byte not transferred yet, to the best of knowledge
  private volatile long limit = Long.MAX_VALUE;

  BodyChannel(List<Piece> pieces) {
    this.pieces = List.copyOf(pieces);
    this.ends = new long[pieces.size()];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += pieces.get(i).length();
      ends[i] = end;
    }
  }

  @Override
  public long size() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  /** The first byte that has not been handed to the system yet. */
  long reached() {
    return reached;
  }

  /** Says where the transfer begins. */
  void begin(long position) {
    reached = position;
  }

  /** Makes the transfer fail, and so the connection close, when it comes to this position. */
  void cutAt(long position) {
    limit = position;
  }

  /** The bytes of a range, as pieces. */
  List<Piece> slice(long position, long count) {
    List<Piece> slices = new ArrayList<>();
    long at = position;
    while (at < position + count) {
      int index = indexAt(at);
      long begin = index == 0 ? 0 : ends[index - 1];
      long length = Math.min(position + count, ends[index]) - at;
      slices.add(pieces.get(index).slice(at - begin, length));
      at += length;
    }
    return slices;
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    long end = Math.min(position + count, limit);
    if (end <= position) {
      throw new IOException("The stream was cut at byte " + position + " on request.");
    }
    long at = position;
    while (at < end) {
      int index = indexAt(at);
      long begin = index == 0 ? 0 : ends[index - 1];
      long length = Math.min(end, ends[index]) - at;
      long moved = pieces.get(index).transferTo(at - begin, length, target);
      at += moved;
      if (moved < length) {
        break;
      }
    }
    reached = at;
    return at - position;
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    if (position >= size()) {
      return -1;
    }
    if (position >= limit) {
      throw new IOException("The stream was cut at byte " + position + " on request.");
    }
    ByteBuffer part = target.slice();
    part.limit((int) Math.min(part.limit(), limit - position));
    int index = indexAt(position);
    int count = pieces.get(index).read(part, position - (index == 0 ? 0 : ends[index - 1]));
    target.position(target.position() + count);
    reached = position + count;
    return count;
  }

  private int indexAt(long position) {
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
  protected void implCloseChannel() {
    // holds nothing: whoever opened the pieces lets go of them
  }

  // What follows is no part of sending a body.

  @Override
  public int read(ByteBuffer target) {
    throw new NonReadableChannelException();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new NonReadableChannelException();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public int write(ByteBuffer source, long position) {
    throw new NonWritableChannelException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new NonWritableChannelException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new NonWritableChannelException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public void force(boolean metaData) {}

  @Override
  public long position() {
    return 0;
  }

  @Override
  public FileChannel position(long newPosition) {
    throw new UnsupportedOperationException("A body is sent by position");
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException("A body is not mapped");
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException("A body is not locked");
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException("A body is not locked");
  }
}
