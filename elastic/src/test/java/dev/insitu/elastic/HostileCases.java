package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Signatures.Signed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Collects packages that must be refused, and makes them from parts. */
final class HostileCases {

  /**
   * What is wrong.
   *
   * @param content of the file
   * @param reason it must be refused for
   * @param message a part of what must be said
   */
  record Case(ByteBuffer content, Reason reason, String message) {

    byte[] file() {
      byte[] bytes = new byte[content.remaining()];
      content.duplicate().get(bytes);
      return bytes;
    }
  }

  private final Map<String, Case> cases = new LinkedHashMap<>();

  Map<String, Case> cases() {
    return cases;
  }

  /** A manifest with something after its sections. */
  void body(String name, String message, Consumer<ByteWriter> more) {
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    ByteWriter body = new ByteWriter().raw(raw.body());
    more.accept(body);
    byte[] bytes = body.toBytes();
    manifest(
        Reason.CORRUPT,
        name,
        message,
        m -> m.withFrame(RawManifest.compress(bytes, 3)).withExpandedLength(bytes.length));
  }

  void manifest(Reason reason, String name, String message, Consumer<RawManifest> change) {
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    change.accept(raw);
    put(reason, name, message, file(raw));
  }

  void put(Reason reason, String name, String message, byte[] file) {
    if (cases.put(name, new Case(ByteBuffer.wrap(file), reason, message)) != null) {
      throw new UncheckedIOException(new IOException("two cases are called " + name));
    }
  }

  /** A file around a manifest, with the profile and chunks of the valid one. */
  static byte[] file(RawManifest raw) {
    byte[] manifest = raw.whole();
    return new ByteWriter()
        .raw(PackageFile.MAGIC)
        .u8(1)
        .u8(0)
        .u16(0)
        .u32(manifest.length)
        .u32(SmallPackage.PROFILE.length)
        .raw(manifest)
        .raw(SmallPackage.PROFILE)
        .raw(contents())
        .toBytes();
  }

  /** An unsigned file with signatures. */
  static byte[] signed(byte[] file, Signed... signatures) {
    ByteWriter out = new ByteWriter().raw(Arrays.copyOf(file, 10)).u16(signatures.length);
    out.raw(Arrays.copyOfRange(file, 12, PackageFile.HEADER_BYTES));
    for (Signed signature : signatures) {
      out.raw(Hex.parse(signature.key().hex())).raw(signature.signature());
    }
    return out.raw(Arrays.copyOfRange(file, PackageFile.HEADER_BYTES, file.length)).toBytes();
  }

  static byte[] contents() {
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < 6; i++) {
      out.raw(SmallPackage.content(i));
    }
    return out.toBytes();
  }

  static byte[] bytes(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static byte[] flipped(byte[] bytes, int at, int mask) {
    byte[] copy = bytes.clone();
    copy[at] ^= (byte) mask;
    return copy;
  }

  static byte[] set(byte[] bytes, int at, int... values) {
    byte[] copy = bytes.clone();
    for (int i = 0; i < values.length; i++) {
      copy[at + i] = (byte) values[i];
    }
    return copy;
  }

  static byte[] join(byte[] first, byte[] second) {
    return new ByteWriter().raw(first).raw(second).toBytes();
  }
}
