package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A SHA-256 digest: the name of a manifest, profile, chunk or plan. Immutable. */
public final class Digest implements Comparable<Digest> {

  /** Bytes of a digest. */
  public static final int BYTES = 32;

  private final long a;
  private final long b;
  private final long c;
  private final long d;

  private Digest(long a, long b, long c, long d) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /** The digest held in the next 32 bytes of {@code bytes}, whose position advances. */
  public static Digest read(ByteBuffer bytes) {
    ByteBuffer big = bytes.duplicate(); // a duplicate is big-endian, whatever the original is
    Digest digest = new Digest(big.getLong(), big.getLong(), big.getLong(), big.getLong());
    Buffers.skip(bytes, BYTES);
    return digest;
  }

  /** The digest held in exactly 32 bytes. */
  public static Digest of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw ElasticException.corrupt("A digest has 32 bytes, not " + bytes.length + ".");
    }
    return read(ByteBuffer.wrap(bytes));
  }

  /** The digest written as 64 hexadecimal digits, with or without a leading {@code sha256:}. */
  public static Digest parse(String text) {
    String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
    byte[] bytes = Hex.parse(hex);
    if (bytes.length != BYTES) {
      throw ElasticException.invalid(
          Names.quote(text)
              + " is not a digest: 64 hexadecimal digits.\nMaybe it is cut or mistyped.");
    }
    return of(bytes);
  }

  /** SHA-256 of the remaining bytes; the buffer's position does not move. */
  public static Digest sha256(ByteBuffer bytes) {
    MessageDigest sha = newSha256();
    sha.update(bytes.duplicate());
    return of(sha.digest());
  }

  /** SHA-256 of the bytes. */
  public static Digest sha256(byte[] bytes) {
    return of(newSha256().digest(bytes));
  }

  /** A fresh SHA-256 computation. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Appends the 32 bytes to {@code bytes}. */
  public void write(ByteBuffer bytes) {
    bytes.put(toBytes());
  }

  /** A new array of the 32 bytes. */
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(a).putLong(b).putLong(c).putLong(d);
    return bytes.array();
  }

  /** 64 hexadecimal digits. */
  public String hex() {
    return Hex.format(toBytes());
  }

  /** The first 12 digits, for people. */
  public String brief() {
    return hex().substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    int order = Long.compareUnsigned(a, other.a);
    if (order == 0) {
      order = Long.compareUnsigned(b, other.b);
    }
    if (order == 0) {
      order = Long.compareUnsigned(c, other.c);
    }
    return order == 0 ? Long.compareUnsigned(d, other.d) : order;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest digest
        && a == digest.a
        && b == digest.b
        && c == digest.c
        && d == digest.d;
  }

  @Override
  public int hashCode() {
    return (int) (a ^ a >>> 32);
  }

  /** {@code sha256:} and 64 hexadecimal digits. */
  @Override
  public String toString() {
    return "sha256:" + hex();
  }
}
