package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Manifests as bytes: whole ({@code INSM}) or as a patch against another one ({@code INSP})
 * (format, section 5).
 */
public final class ManifestCodec {

  /** Most bytes of a manifest in transfer. */
  public static final int MAX_BYTES = 64 << 20;

  /** Most bytes of a manifest's expanded body. */
  public static final int MAX_BODY = 256 << 20;

  /** What this code writes; readers accept every minor version of the same major one. */
  static final int MAJOR = 1;

  /** A package without exits is written as before there were any, as is one of one width. */
  private static final int MINOR_WITHOUT_EXITS = 0;

  private static final int MINOR_WITH_EXITS = 1;
  private static final int MINOR_WITH_WIDTHS_STATED_OR_ROOT = 2;

  private static final byte[] WHOLE = {'I', 'N', 'S', 'M'};
  private static final byte[] PATCH = {'I', 'N', 'S', 'P'};
  private static final byte[] DOMAIN = "insitu-manifest".getBytes(StandardCharsets.US_ASCII);

  private ManifestCodec() {}

  /** A manifest's expanded body and the digest that names it. Immutable. */
  public static final class Body {
    private final int minor;
    private final byte[] bytes;
    private final Digest digest;

    private Body(int minor, byte[] bytes) {
      this.minor = minor;
      this.bytes = bytes;
      MessageDigest sha = Digest.newSha256();
      sha.update(DOMAIN);
      sha.update((byte) MAJOR);
      sha.update((byte) minor);
      sha.update(bytes);
      this.digest = Digest.of(sha.digest());
    }

    /** The name of the package version. */
    public Digest digest() {
      return digest;
    }

    /** Bytes of the body. */
    public int length() {
      return bytes.length;
    }

    /**
     * Reads the sections.
     *
     * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
     */
    public Manifest manifest() {
      return ManifestReader.read(ByteBuffer.wrap(bytes));
    }
  }

  /**
   * The body of a manifest, whatever the width at which it is looked at.
   *
   * @throws ElasticException LIMIT if it has more than {@link #MAX_BODY} bytes
   */
  public static Body body(Manifest manifest) {
    byte[] bytes = ManifestWriter.write(manifest.whole());
    if (bytes.length > MAX_BODY) {
      throw ElasticException.limit(
          "The manifest has " + bytes.length + " bytes; at most " + MAX_BODY + " are allowed.");
    }
    return new Body(minorFor(manifest), bytes);
  }

  private static int minorFor(Manifest manifest) {
    boolean stated =
        manifest.tensors().stream().anyMatch(tensor -> tensor.coding() == Coding.STATED);
    if (stated || !manifest.widthTable().forms().isEmpty() || manifest.keptRoot().isPresent()) {
      return MINOR_WITH_WIDTHS_STATED_OR_ROOT;
    }
    return manifest.exits().isEmpty() ? MINOR_WITHOUT_EXITS : MINOR_WITH_EXITS;
  }

  /** The minor version of a manifest in either form. */
  static int minorOf(byte[] bytes) {
    return bytes[WHOLE.length + 1] & 0xff;
  }

  /** The whole form. */
  public static byte[] whole(Body body) {
    return frame(WHOLE, body, new byte[0], null);
  }

  /** The patch form against a manifest that the receiver names. */
  public static byte[] patch(Body body, Body base) {
    byte[] names = new ByteWriter().digest(base.digest).digest(body.digest).toBytes();
    return frame(PATCH, body, names, base.bytes);
  }

  private static byte[] frame(byte[] magic, Body body, byte[] names, byte @Nullable [] prefix) {
    byte[] bytes =
        new ByteWriter()
            .raw(magic)
            .u8(MAJOR)
            .u8(body.minor)
            .raw(names)
            .u32(body.bytes.length)
            .raw(PatchFrame.compress("manifest", body.bytes, prefix))
            .toBytes();
    if (bytes.length > MAX_BYTES) {
      throw ElasticException.limit(
          "The manifest has " + bytes.length + " bytes; at most " + MAX_BYTES + " are sent.");
    }
    return bytes;
  }

  /**
   * Against which manifest the bytes are a patch; empty if they are a whole manifest.
   *
   * @throws ElasticException CORRUPT or TOO_NEW
   */
  public static Optional<Digest> baseOf(ByteBuffer bytes) {
    ByteReader reader = new ByteReader("manifest", bytes);
    boolean patch = readsPatch(reader);
    requireMajor(reader.u8());
    reader.u8();
    return patch ? Optional.of(reader.digest()) : Optional.empty();
  }

  /**
   * Expands the whole form.
   *
   * @param bytes the form; the buffer's position stays
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
   */
  public static Body expand(ByteBuffer bytes) {
    return expand(bytes, null);
  }

  /**
   * Expands either form.
   *
   * @param bytes the form; the buffer's position stays
   * @param base the manifest a patch is against; ignored for the whole form
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW; INVALID if {@code base} is not the one
   */
  public static Body expand(ByteBuffer bytes, @Nullable Body base) {
    if (bytes.remaining() > MAX_BYTES) {
      throw ElasticException.limit(
          "The manifest has " + bytes.remaining() + " bytes; at most " + MAX_BYTES + " are read.");
    }
    ByteReader reader = new ByteReader("manifest", bytes);
    boolean patch = readsPatch(reader);
    requireMajor(reader.u8());
    int minor = reader.u8();
    if (!patch) {
      return new Body(minor, inflate(reader, null));
    }
    Digest baseDigest = reader.digest();
    Digest result = reader.digest();
    if (base == null || !base.digest.equals(baseDigest)) {
      throw ElasticException.invalid(
          "The manifest is a patch against "
              + baseDigest.brief()
              + ", which is not at hand.\nMaybe ask for the whole manifest.");
    }
    Body body = new Body(minor, inflate(reader, base.bytes));
    if (!body.digest.equals(result)) {
      throw ElasticException.corrupt(
          "The manifest patch gives "
              + body.digest.brief()
              + " instead of "
              + result.brief()
              + ".");
    }
    return body;
  }

  private static boolean readsPatch(ByteReader reader) {
    byte[] magic = new byte[WHOLE.length];
    reader.slice(magic.length).get(magic);
    boolean patch = Arrays.equals(magic, PATCH);
    if (!patch && !Arrays.equals(magic, WHOLE)) {
      throw ElasticException.corrupt(
          "This is not a manifest: it begins with " + Hex.format(magic) + ".");
    }
    return patch;
  }

  static void requireMajor(int major) {
    if (major != MAJOR) {
      throw new ElasticException(
          ElasticException.Reason.TOO_NEW,
          "The package is written in format "
              + major
              + "; this version reads format "
              + MAJOR
              + ".\nMaybe update Insitu on this device.");
    }
  }

  private static byte[] inflate(ByteReader reader, byte @Nullable [] prefix) {
    int length = reader.u32("its expanded length", MAX_BODY);
    return PatchFrame.expand("manifest", reader.slice(reader.remaining()), length, prefix);
  }
}
