package dev.insitu.elastic.codec;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ZstdFrame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a chunk's streams one after another; every length is known before it is believed. */
final class StreamReader implements AutoCloseable {

  private static final long MAX_WINDOW = 8 << 20;

  static final int VERSION = 1;

  private final ByteBuffer chunk;
  private @Nullable ZstdDecompressCtx zstd; // native memory, made when a stream needs it

  /** Starts after the version byte. The buffer's own position stays. */
  StreamReader(ByteBuffer chunk) {
    this.chunk = Values.view(chunk);
    int version = u8();
    if (version != VERSION) {
      throw new ElasticException(
          ElasticException.Reason.TOO_NEW,
          "The chunk has payload version " + version + "; this reader knows " + VERSION + ".");
    }
  }

  /**
   * The next stream, expanded; nothing is read if it is known to be empty.
   *
   * @return little-endian, {@code rawLength} bytes from position 0; a view of the chunk where the
   *     stream is stored
   */
  ByteBuffer next(long rawLength) {
    return next(rawLength, 0);
  }

  private ByteBuffer next(long rawLength, int mark) {
    int length = checkedLength(rawLength);
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    int method = u8() ^ mark;
    ByteBuffer coded = codedBytes();
    if (method == StreamMethod.STORED) {
      requireLength(coded.remaining(), length);
      return coded;
    }
    byte[] raw = new byte[length];
    expand(method, coded, raw, 0, length);
    return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether the next stream, which is not empty, is marked as the first part of a split plane. */
  boolean isSplitNext() {
    return chunk.hasRemaining() && (chunk.get(chunk.position()) & StreamMethod.SPLIT) != 0;
  }

  /** The next stream, which bears the mark of a split plane. */
  ByteBuffer nextOfSplit(long rawLength) {
    if (rawLength == 0) {
      throw corrupt("a plane is split in which nothing is zero");
    }
    return next(rawLength, StreamMethod.SPLIT);
  }

  /** The next stream, expanded into {@code target} from {@code offset} on. */
  void next(byte[] target, int offset, int rawLength) {
    if (rawLength > 0) {
      expand(u8(), codedBytes(), target, offset, rawLength);
    }
  }

  /** The bits of one block from a stream, whose position moves on to the next byte. */
  static long[] bits(ByteBuffer stream, int count) {
    long[] words = Words.read(stream, count);
    if (Words.exceeds(words, count)) {
      throw corrupt("bits are set after the end of a block");
    }
    return words;
  }

  /** Refuses bytes after the last stream. */
  void end() {
    if (chunk.hasRemaining()) {
      throw corrupt(chunk.remaining() + " bytes follow its last stream");
    }
  }

  static ElasticException corrupt(String problem) {
    return ElasticException.corrupt("The chunk is corrupt: " + problem + ".");
  }

  private void expand(int method, ByteBuffer coded, byte[] target, int offset, int length) {
    int coding = method & 15;
    int transform = method >> 4;
    if (transform == StreamMethod.PLAIN) {
      uncode(coding, coded, target, offset, length);
    } else if (transform <= StreamMethod.FIELDS_1) {
      int bits = StreamMethod.fieldBits(transform);
      byte[] packed = uncode(coding, coded, Fields.packedLength(length, bits));
      if (!Fields.unpack(packed, bits, target, offset, length)) {
        throw corrupt("bits are set after the last field");
      }
    } else if (transform == StreamMethod.GAPS) {
      if (!Gaps.decode(uncode(coding, coded, gapCount(coded, length)), target, offset, length)) {
        throw corrupt("a gap leads out of its stream");
      }
    } else {
      throw corrupt("stream method " + method + " is unknown");
    }
  }

  private static int gapCount(ByteBuffer coded, int length) {
    long count = varint(coded);
    if (count > Gaps.limit(length)) {
      throw corrupt(count + " gaps in " + length + " bytes");
    }
    return checkedLength(count);
  }

  private byte[] uncode(int coding, ByteBuffer coded, int length) {
    byte[] bytes = new byte[length];
    uncode(coding, coded, bytes, 0, length);
    return bytes;
  }

  private void uncode(int coding, ByteBuffer coded, byte[] target, int offset, int length) {
    switch (coding) {
      case StreamMethod.STORED -> {
        requireLength(coded.remaining(), length);
        coded.get(target, offset, length);
      }
      case StreamMethod.REPEATED -> {
        requireLength(coded.remaining(), 1);
        Arrays.fill(target, offset, offset + length, coded.get());
      }
      case StreamMethod.ZSTD -> {
        if (ZstdFrame.contentSize(coded, MAX_WINDOW) != length) {
          throw corrupt("a stream is no zstd frame of " + length + " bytes");
        }
        requireLength(decompress(coded, target, offset, length), length);
      }
      default -> throw corrupt("stream coding " + coding + " is unknown");
    }
  }

  private int decompress(ByteBuffer coded, byte[] target, int offset, int length) {
    int codedLength = coded.remaining();
    try {
      ZstdDecompressCtx context = context();
      if (coded.isDirect()) {
        return context.decompressDirectByteBufferToByteArray(
            target, offset, length, coded, coded.position(), codedLength);
      }
      byte[] source = new byte[codedLength];
      coded.get(source);
      return context.decompressByteArray(target, offset, length, source, 0, codedLength);
    } catch (ZstdException e) {
      throw new ElasticException(
          ElasticException.Reason.CORRUPT, "The chunk is corrupt: " + e.getMessage() + ".", e);
    }
  }

  private ZstdDecompressCtx context() {
    ZstdDecompressCtx context = zstd;
    if (context == null) {
      context = new ZstdDecompressCtx();
      zstd = context;
    }
    return context;
  }

  private ByteBuffer codedBytes() {
    long length = varint(chunk);
    if (length > chunk.remaining()) {
      throw corrupt("a stream of " + length + " bytes where " + chunk.remaining() + " are left");
    }
    ByteBuffer coded = Values.slice(chunk, chunk.position(), (int) length);
    Values.skip(chunk, (int) length);
    return coded;
  }

  private int u8() {
    if (!chunk.hasRemaining()) {
      throw corrupt("it ends too early");
    }
    return chunk.get() & 0xff;
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; shift < 35 && from.hasRemaining(); shift += 7) {
      int next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw corrupt("a length has no end");
  }

  private static int checkedLength(long rawLength) {
    if (rawLength > StreamMethod.MAX_RAW) {
      throw ElasticException.limit(
          "A stream has "
              + rawLength
              + " bytes; at most "
              + StreamMethod.MAX_RAW
              + " are allowed.");
    }
    return (int) rawLength;
  }

  private static void requireLength(int actual, int expected) {
    if (actual != expected) {
      throw corrupt("a stream has " + actual + " bytes instead of " + expected);
    }
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
  }
}
