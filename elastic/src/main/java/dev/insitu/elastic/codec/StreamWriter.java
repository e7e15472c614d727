package dev.insitu.elastic.codec;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;

/** Writes a chunk's streams, each with the method that makes it shortest, where that pays. */
final class StreamWriter implements AutoCloseable {

  /** What the bytes of a stream are, which decides what is tried. */
  enum Kind {
    /** Bits of planes. */
    BITS,
    /** Independent small numbers. */
    NUMBERS,
    /** Bytes of unknown structure, that may repeat. */
    TEXT
  }

  /** Below this share of ones a plane may be shorter as gaps. */
  private static final double SPARSE = 0.25;

  /** A zstd frame has about as many bytes of headers. */
  private static final int SHORTEST_TEXT = 16;

  /** Enough for the chunk of a large block; growing from nothing takes many copies. */
  private static final int USUAL_BYTES = 1 << 17;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
  private final ZstdCompressCtx searching;
  private final ZstdCompressCtx literal;
  private final EntropyCoding coding;

  /**
   * @param zstdLevel level for streams whose bytes may repeat, 1 to 19
   */
  StreamWriter(int zstdLevel, EntropyCoding coding) {
    this.coding = coding;
    searching = new ZstdCompressCtx().setLevel(zstdLevel).setChecksum(false).setContentSize(true);
    literal = literalOnly();
    out.write(StreamReader.VERSION);
  }

  /** A context that looks for repetitions so little that Huffman codes of bytes remain. */
  private static ZstdCompressCtx literalOnly() {
    return new ZstdCompressCtx()
        .setLevel(1)
        .setStrategy(1)
        .setMinMatch(7)
        .setHashLog(6)
        .setTargetLength(0)
        .setChecksum(false)
        .setContentSize(true);
  }

  /** Which streams are coded. */
  EntropyCoding coding() {
    return coding;
  }

  /** Appends a stream; an empty one leaves nothing. */
  void add(Kind kind, byte[] raw) {
    if (raw.length > 0) {
      Coded best = best(kind, raw);
      write(best.method, best.bytes);
    }
  }

  /** Appends bits of the elements that are zero so far, as the first part of a split plane. */
  void addSplit(byte[] raw) {
    if (raw.length == 0) {
      throw new IllegalArgumentException("A plane in which nothing is zero cannot be split");
    }
    Coded best = best(Kind.BITS, raw);
    write(best.method | StreamMethod.SPLIT, best.bytes);
  }

  private Coded best(Kind kind, byte[] raw) {
    if (raw.length > StreamMethod.MAX_RAW) {
      throw new IllegalArgumentException(
          "A stream has "
              + raw.length
              + " bytes; at most "
              + StreamMethod.MAX_RAW
              + " are allowed");
    }
    ByteCounts counts = new ByteCounts(raw);
    if (counts.isConstant()) {
      return new Coded(StreamMethod.REPEATED, new byte[] {raw[0]});
    }
    Coded stored = new Coded(StreamMethod.STORED, raw);
    Coded shortest = shortest(kind, raw, counts, stored);
    return coding.pays(raw.length, shortest.bytes.length) ? shortest : stored;
  }

  private Coded shortest(Kind kind, byte[] raw, ByteCounts counts, Coded stored) {
    Coded best = shorter(stored, plain(kind, raw, counts));
    if (kind == Kind.BITS && counts.ones() < SPARSE * 8 * raw.length) {
      best = shorter(best, gaps(raw));
    }
    int transform = counts.fieldTransform();
    if (kind == Kind.NUMBERS && transform != StreamMethod.PLAIN) {
      best = shorter(best, fields(raw, transform));
    }
    return best;
  }

  /** The chunk. */
  byte[] toBytes() {
    return out.toByteArray();
  }

  private Coded plain(Kind kind, byte[] raw, ByteCounts counts) {
    if (kind == Kind.TEXT && raw.length >= SHORTEST_TEXT) {
      return shorter(zstd(literal, 0, raw), zstd(searching, 0, raw));
    }
    return counts.isCompressible() ? zstd(literal, 0, raw) : new Coded(StreamMethod.STORED, raw);
  }

  private Coded gaps(byte[] raw) {
    byte[] gaps = Gaps.encode(raw, raw.length);
    if (gaps.length == 0) {
      return new Coded(StreamMethod.STORED, raw);
    }
    Coded coded = packed(StreamMethod.GAPS, gaps);
    ByteArrayOutputStream withCount = new ByteArrayOutputStream();
    varint(withCount, gaps.length);
    withCount.write(coded.bytes, 0, coded.bytes.length);
    return new Coded(coded.method, withCount.toByteArray());
  }

  private Coded fields(byte[] raw, int transform) {
    return packed(transform, Fields.pack(raw, raw.length, StreamMethod.fieldBits(transform)));
  }

  private Coded packed(int transform, byte[] bytes) {
    Coded stored = new Coded(transform << 4 | StreamMethod.STORED, bytes);
    return new ByteCounts(bytes).isCompressible()
        ? shorter(stored, zstd(literal, transform, bytes))
        : stored;
  }

  private static Coded zstd(ZstdCompressCtx context, int transform, byte[] raw) {
    return new Coded(transform << 4 | StreamMethod.ZSTD, context.compress(raw));
  }

  private static Coded shorter(Coded a, Coded b) {
    return b.bytes.length < a.bytes.length ? b : a;
  }

  private void write(int method, byte[] coded) {
    out.write(method);
    varint(out, coded.length);
    out.write(coded, 0, coded.length);
  }

  private static void varint(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  @Override
  public void close() {
    searching.close();
    literal.close();
  }

  /** A stream as one method would write it. */
  private static final class Coded {
    final int method;
    final byte[] bytes;

    Coded(int method, byte[] bytes) {
      this.method = method;
      this.bytes = bytes;
    }
  }
}
