package dev.insitu.elastic;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/** Manifests as bytes: whole ({@code INSM}) or as a patch against another one ({@code INSP}) (format, section 5). */
public final class ManifestCodec {

  /** Most bytes of a manifest in transfer. */
  public static final int MAX_BYTES = 64 << 20;

  /** Most bytes of a manifest's expanded body. */
  public static final int MAX_BODY = 256 << 20;

  /** What this code writes; readers accept every minor version of the same major one. */
  static final int MAJOR = 1;

  static final int MINOR = 0;

  private static final byte[] WHOLE = {'I', 'N', 'S', 'M'};
  private static final byte[] PATCH = {'I', 'N', 'S', 'P'};
  private static final int LEVEL = 19;
  private static final int MAX_WINDOW_LOG = 27;

  private ManifestCodec() {}

  /** A manifest's expanded body and the digest that names it. */
  public static final class Body {
    private final byte[] bytes;
    private final Digest digest;

    private Body(byte[] bytes) {
      this.bytes = bytes;
      MessageDigest sha = Digest.newSha256();
      sha.update("insitu-manifest".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      sha.update((byte) MAJOR);
      sha.update((byte) MINOR);
      sha.update(bytes);
      this.digest = Digest.of(sha.digest());
    }

    /** The name of the package version. */
    public Digest digest() {
      return digest;
    }

    /** Reads the sections. */
    public Manifest manifest() {
      return ManifestSections.read(ByteBuffer.wrap(bytes));
    }
  }

  /** The body of a manifest. */
  public static Body body(Manifest manifest) {
    return new Body(ManifestSections.write(manifest));
  }

  /** The whole form. */
  public static byte[] whole(Body body) {
    return frame(WHOLE, body.bytes.length, new byte[0], compress(body.bytes, null));
  }

  /** The patch form against a manifest that the receiver names. */
  public static byte[] patch(Body body, Body base) {
    byte[] names = new ByteWriter().digest(base.digest).digest(body.digest).toBytes();
    return frame(PATCH, body.bytes.length, names, compress(body.bytes, base.bytes));
  }

  /** Whether the bytes are a patch, and against which manifest. */
  public static java.util.Optional<Digest> baseOf(ByteBuffer bytes) {
    ByteReader reader = new ByteReader("manifest", bytes);
    return isPatch(reader) ? java.util.Optional.of(reader.digest()) : java.util.Optional.empty();
  }

  /**
   * Expands the whole form.
   *
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
   */
  public static Body expand(ByteBuffer bytes) {
    return expand(bytes, null);
  }

  /**
   * Expands either form.
   *
   * @param base the manifest a patch is against; ignored for the whole form
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
   */
  public static Body expand(ByteBuffer bytes, @org.jspecify.annotations.Nullable Body base) {
    if (bytes.remaining() > MAX_BYTES) {
      throw ElasticException.limit("The manifest has " + bytes.remaining() + " bytes; at most " + MAX_BYTES + " are read.");
    }
    ByteBuffer header = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    ByteReader reader = new ByteReader("manifest", header);
    boolean patch = isPatch(reader);
    if (!patch) {
      return new Body(inflate(reader, null));
    }
    Digest baseDigest = reader.digest();
    Digest result = reader.digest();
    if (base == null || !base.digest.equals(baseDigest)) {
      throw ElasticException.invalid("The manifest is a patch against " + baseDigest.brief() + ", which is not at hand.");
    }
    Body body = new Body(inflate(reader, base.bytes));
    if (!body.digest.equals(result)) {
      throw ElasticException.corrupt("The manifest patch gives " + body.digest.brief() + " instead of " + result.brief() + ".");
    }
    return body;
  }

  private static boolean isPatch(ByteReader reader) {
    byte[] magic = new byte[4];
    reader.slice(4).get(magic);
    boolean patch = Arrays.equals(magic, PATCH);
    if (!patch && !Arrays.equals(magic, WHOLE)) {
      throw ElasticException.corrupt("This is not a manifest: it begins with " + Arrays.toString(magic) + ".");
    }
    int major = reader.u8();
    reader.u8();
    requireMajor(major);
    return patch;
  }

  static void requireMajor(int major) {
    if (major != MAJOR) {
      throw new ElasticException(
          ElasticException.Reason.TOO_NEW,
          "The package is written in format " + major + "; this version reads format " + MAJOR + ".\nMaybe update Insitu on this device.");
    }
  }

  private static byte[] inflate(ByteReader reader, byte @org.jspecify.annotations.Nullable [] prefix) {
    int length = reader.u32("its expanded length", MAX_BODY);
    byte[] frame = new byte[reader.remaining()];
    reader.slice(frame.length).get(frame);
    long declared = Zstd.getFrameContentSize(frame, 0, frame.length);
    if (declared != length) {
      throw reader.corrupt("its frame declares " + declared + " bytes instead of " + length);
    }
    // a frame expands to at most about 2^15 times its size when honest; more is an attack on memory
    if (length > (long) frame.length * 40_000L) {
      throw reader.corrupt("its frame of " + frame.length + " bytes cannot hold " + length);
    }
    try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
      if (prefix != null) {
        zstd.loadDict(prefix);
      }
      byte[] body = zstd.decompress(frame, length);
      if (body.length != length) {
        throw reader.corrupt("its frame holds " + body.length + " bytes instead of " + length);
      }
      return body;
    } catch (ZstdException e) {
      throw new ElasticException(
          ElasticException.Reason.CORRUPT, "The manifest cannot be expanded: " + e.getMessage() + ".", e);
    }
  }

  private static byte[] compress(byte[] body, byte @org.jspecify.annotations.Nullable [] prefix) {
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(LEVEL);
      zstd.setContentSize(true);
      zstd.setChecksum(false);
      long reach = (long) body.length + (prefix == null ? 0 : prefix.length);
      zstd.setWindowLog(Math.max(10, Math.min(MAX_WINDOW_LOG, 64 - Long.numberOfLeadingZeros(reach))));
      if (prefix != null) {
        zstd.loadDict(prefix);
      }
      return zstd.compress(body);
    }
  }

  private static byte[] frame(byte[] magic, int length, byte[] names, byte[] compressed) {
    return new ByteWriter()
        .raw(magic).u8(MAJOR).u8(MINOR).raw(names).u32(length).raw(compressed)
        .toBytes();
  }
}
