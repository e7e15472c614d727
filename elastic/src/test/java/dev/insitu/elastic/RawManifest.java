package dev.insitu.elastic;

import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** A manifest as bytes that a test can change anywhere, with no rule in the way. */
final class RawManifest {

  private final Map<Integer, byte[]> sections = new TreeMap<>();
  private byte[] magic = {'I', 'N', 'S', 'M'};
  private int major = ManifestCodec.MAJOR;
  private int minor;
  private byte[] frame = {};
  private long expandedLength = -1;

  static RawManifest of(Manifest manifest) {
    RawManifest raw = new RawManifest();
    ByteReader reader = new ByteReader("test", ByteBuffer.wrap(ManifestWriter.write(manifest)));
    while (reader.remaining() > 0) {
      int tag = (int) reader.varint();
      ByteBuffer payload = reader.slice((int) reader.varint());
      byte[] bytes = new byte[payload.remaining()];
      payload.get(bytes);
      raw.sections.put(tag, bytes);
    }
    return raw;
  }

  RawManifest section(int tag, byte[] payload) {
    sections.put(tag, payload);
    return this;
  }

  RawManifest section(int tag, ByteWriter payload) {
    return section(tag, payload.toBytes());
  }

  byte[] section(int tag) {
    return sections.get(tag);
  }

  RawManifest without(int tag) {
    sections.remove(tag);
    return this;
  }

  RawManifest withMagic(String text) {
    magic = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return this;
  }

  RawManifest withMajor(int version) {
    major = version;
    return this;
  }

  RawManifest withMinor(int version) {
    minor = version;
    return this;
  }

  /** Bytes in place of the compressed body. */
  RawManifest withFrame(byte[] bytes) {
    frame = bytes;
    return this;
  }

  /** A number in place of the body's length. */
  RawManifest withExpandedLength(long length) {
    expandedLength = length;
    return this;
  }

  byte[] body() {
    ByteWriter out = new ByteWriter();
    sections.forEach((tag, payload) -> out.varint(tag).bytes(payload));
    return out.toBytes();
  }

  /** The whole form. */
  byte[] whole() {
    byte[] body = body();
    return new ByteWriter()
        .raw(magic)
        .u8(major)
        .u8(minor)
        .u32((int) (expandedLength >= 0 ? expandedLength : body.length))
        .raw(frame.length > 0 ? frame : compress(body, 3))
        .toBytes();
  }

  static byte[] compress(byte[] body, int level) {
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      return zstd.setLevel(level).setContentSize(true).compress(body);
    }
  }
}
