package dev.insitu.elastic;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ed25519 signatures over manifest digests (format, section 6). */
public final class Signatures {

  /** Bytes of a public key. */
  public static final int KEY_BYTES = 32;

  /** Bytes of a signature. */
  public static final int SIGNATURE_BYTES = 64;

  private static final byte[] DOMAIN = "insitu-manifest-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] X509_PREFIX = Hex.parse("302a300506032b6570032100");

  private Signatures() {}

  /**
   * A raw Ed25519 public key.
   *
   * @param hex 64 hexadecimal digits
   */
  public record Key(String hex) {

    public Key {
      hex = hex.toLowerCase(Locale.ROOT);
      if (!hex.matches("[0-9a-f]{64}")) {
        throw ElasticException.invalid(
            Names.quote(hex) + " is not an Ed25519 public key: 64 hexadecimal digits.");
      }
    }

    static Key of(byte[] raw) {
      return new Key(Hex.format(raw));
    }

    /**
     * The raw form of a key of the Java platform.
     *
     * @throws ElasticException INVALID if it is no Ed25519 key
     */
    public static Key of(PublicKey key) {
      byte[] encoded = key.getEncoded();
      int start = X509_PREFIX.length;
      if (encoded == null
          || encoded.length != start + KEY_BYTES
          || !Arrays.equals(X509_PREFIX, Arrays.copyOf(encoded, start))) {
        throw ElasticException.invalid("A key of " + key.getAlgorithm() + " is no Ed25519 key.");
      }
      return of(Arrays.copyOfRange(encoded, start, encoded.length));
    }

    byte[] raw() {
      return Hex.parse(hex);
    }

    PublicKey toPublicKey() throws GeneralSecurityException {
      ByteArrayOutputStream encoded = new ByteArrayOutputStream();
      encoded.writeBytes(X509_PREFIX);
      encoded.writeBytes(raw());
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
    }
  }

  /** One signature with the key that is said to have made it. Immutable. */
  public static final class Signed {
    private final Key key;
    private final byte[] signature;

    /**
     * @param key whose signature it is said to be
     * @param signature 64 bytes; copied
     */
    public Signed(Key key, byte[] signature) {
      if (signature.length != SIGNATURE_BYTES) {
        throw ElasticException.corrupt(
            "An Ed25519 signature has 64 bytes, not " + signature.length + ".");
      }
      this.key = Objects.requireNonNull(key);
      this.signature = signature.clone();
    }

    public Key key() {
      return key;
    }

    /** The 64 bytes. A copy. */
    public byte[] signature() {
      return signature.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Signed signed
          && key.equals(signed.key)
          && Arrays.equals(signature, signed.signature);
    }

    @Override
    public int hashCode() {
      return 31 * key.hashCode() + Arrays.hashCode(signature);
    }
  }

  /**
   * Whose packages are believed: pinned keys, or, only when said so, anybody's.
   *
   * @param pinned keys of which one must have signed
   * @param allowUnsigned whether packages are believed without any signature being looked at
   */
  public record Trust(Set<Key> pinned, boolean allowUnsigned) {

    public Trust {
      pinned = Set.copyOf(pinned);
    }

    /** Only packages signed by one of these keys. */
    public static Trust keys(Collection<Key> keys) {
      return new Trust(Set.copyOf(keys), false);
    }

    /** Any package, signed or not: for trying out and for links that are trusted as a whole. */
    public static Trust anybody() {
      return new Trust(Set.of(), true);
    }

    /**
     * Passes if one signature by a pinned key is right.
     *
     * @throws ElasticException UNTRUSTED otherwise
     */
    public void require(Digest manifest, Collection<Signed> signatures) {
      if (allowUnsigned) {
        return;
      }
      for (Signed signed : signatures) {
        if (pinned.contains(signed.key()) && verify(manifest, signed)) {
          return;
        }
      }
      throw new ElasticException(ElasticException.Reason.UNTRUSTED, refusal(manifest, signatures));
    }

    private String refusal(Digest manifest, Collection<Signed> signatures) {
      String what = "Package " + manifest.brief();
      if (signatures.isEmpty()) {
        return what
            + " is not signed.\nMaybe sign it with 'insitu sign', or allow unsigned packages.";
      }
      boolean known = signatures.stream().anyMatch(signed -> pinned.contains(signed.key()));
      return known
          ? what
              + " carries a wrong signature of a pinned key.\nMaybe it was changed after it was signed; do not use it."
          : what
              + " is signed by "
              + signatures.iterator().next().key().hex()
              + ", which is none of the "
              + pinned.size()
              + " pinned keys.\nMaybe pin that key, if you trust its owner.";
    }
  }

  /**
   * Signs a manifest's digest.
   *
   * @throws ElasticException INVALID if these are no Ed25519 keys
   */
  public static Signed sign(Digest manifest, PrivateKey privateKey, PublicKey publicKey) {
    return sign(manifest, privateKey, Key.of(publicKey));
  }

  /**
   * Signs a manifest's digest.
   *
   * @throws ElasticException INVALID if the keys are no Ed25519 keys or do not belong together
   */
  public static Signed sign(Digest manifest, PrivateKey privateKey, Key publicKey) {
    Signed signed = new Signed(publicKey, signatureOf(manifest, privateKey));
    if (!verify(manifest, signed)) {
      throw ElasticException.invalid(
          "The private key does not belong to public key " + publicKey.hex() + ".");
    }
    return signed;
  }

  private static byte[] signatureOf(Digest manifest, PrivateKey privateKey) {
    try {
      Signature ed25519 = Signature.getInstance("Ed25519");
      ed25519.initSign(privateKey);
      ed25519.update(DOMAIN);
      ed25519.update(manifest.toBytes());
      return ed25519.sign();
    } catch (GeneralSecurityException e) {
      throw new ElasticException(
          ElasticException.Reason.INVALID,
          "The key cannot sign: " + e.getMessage() + ".\nMaybe it is no Ed25519 key.",
          e);
    }
  }

  /** Whether the signature is right for that manifest. */
  public static boolean verify(Digest manifest, Signed signed) {
    try {
      Signature ed25519 = Signature.getInstance("Ed25519");
      ed25519.initVerify(signed.key().toPublicKey());
      ed25519.update(DOMAIN);
      ed25519.update(manifest.toBytes());
      return ed25519.verify(signed.signature());
    } catch (GeneralSecurityException e) {
      return false; // a key or signature that is not even well formed verifies nothing
    }
  }
}
