package dev.insitu.elastic;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in one zstd frame, whole or against others that the receiver has ({@code zstd
 * --patch-from}). What a frame may expand to is bounded by its own bytes and those it is against.
 */
final class PatchFrame {

  /** The first that keeps {@link #mostExpanded} is used: real manifests, the first of all. */
  private static final int[] LEVELS = {19, 9, 3, 1, -10, -100};

  private static final int MAX_WINDOW_LOG = 27;
  private static final long FREE_EXPANSION = 1 << 20;
  private static final int MOST_EXPANSION = 64;
  private static final int MOST_GROWTH = 4;

  private PatchFrame() {}

  /** Most bytes that a frame may expand to, so that few bytes never cost much memory. */
  private static long mostExpanded(int frameBytes, byte @Nullable [] prefix) {
    long prefixBytes = prefix == null ? 0 : prefix.length;
    return FREE_EXPANSION + MOST_EXPANSION * (long) frameBytes + MOST_GROWTH * prefixBytes;
  }

  /**
   * Expands a frame.
   *
   * @param what names what it holds in errors
   * @param slice the frame from its position to its limit; the position stays
   * @param length bytes that it must expand to
   * @param prefix what it is against; null for nothing
   * @throws ElasticException CORRUPT, or LIMIT if it may not expand to so many bytes
   */
  static byte[] expand(String what, ByteBuffer slice, int length, byte @Nullable [] prefix) {
    if (length > mostExpanded(slice.remaining(), prefix)) {
      throw ElasticException.limit(
          "The "
              + what
              + " gives its expanded length as "
              + length
              + "; a frame of "
              + slice.remaining()
              + " bytes may expand to "
              + mostExpanded(slice.remaining(), prefix)
              + ".");
    }
    if (ZstdFrame.contentSize(slice, ManifestCodec.MAX_BODY) != length) {
      throw ElasticException.corrupt(
          "The "
              + what
              + " is corrupt: it does not hold exactly one zstd frame of "
              + length
              + " bytes.");
    }
    byte[] frame = new byte[slice.remaining()];
    slice.duplicate().get(frame);
    byte[] body = new byte[length];
    try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
      if (prefix != null) {
        zstd.loadDict(prefix);
      }
      int expanded = zstd.decompress(body, frame);
      if (expanded != length) {
        throw ElasticException.corrupt(
            "The frame of the "
                + what
                + " holds "
                + expanded
                + " bytes instead of "
                + length
                + ".");
      }
      return body;
    } catch (ZstdException e) {
      throw new ElasticException(
          ElasticException.Reason.CORRUPT,
          "The " + what + " cannot be expanded: " + e.getMessage() + ".",
          e);
    }
  }

  /**
   * The frame of some bytes.
   *
   * @param what names them in errors
   * @param prefix what the receiver has; null for nothing
   * @throws ElasticException LIMIT if no frame may expand to them
   */
  static byte[] compress(String what, byte[] body, byte @Nullable [] prefix) {
    for (int level : LEVELS) {
      byte[] frame = compress(body, prefix, level);
      if (body.length <= mostExpanded(frame.length, prefix)) {
        return frame;
      }
    }
    throw ElasticException.limit(
        "The "
            + what
            + " of "
            + body.length
            + " bytes repeats itself more than the format allows.");
  }

  private static byte[] compress(byte[] body, byte @Nullable [] prefix, int level) {
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(level);
      zstd.setContentSize(true);
      zstd.setChecksum(false);
      long reach = (long) body.length + (prefix == null ? 0 : prefix.length);
      int log = 64 - Long.numberOfLeadingZeros(reach);
      zstd.setWindowLog(Math.max(Zstd.windowLogMin(), Math.min(MAX_WINDOW_LOG, log)));
      if (prefix != null) {
        zstd.loadDict(prefix);
      }
      return zstd.compress(body);
    }
  }
}
