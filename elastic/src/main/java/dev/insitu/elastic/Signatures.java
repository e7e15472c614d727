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
import java.util.Set;

/** Ed25519 signatures over manifest digests (format, section 6). */
public final class Signatures {

  /** Bytes of a public key. */
  public static final int KEY_BYTES = 32;

  /** Bytes of a signature. */
  public static final int SIGNATURE_BYTES = 64;

  private static final byte[] DOMAIN = "insitu-manifest-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] X509_PREFIX = Hex.parse("302a300506032b6570032100");

  private Signatures() {}

  /** A raw Ed25519 public key. */
  public record Key(String hex) {

    public Key {
      if (!hex.matches("[0-9a-f]{64}")) {
        throw ElasticException.invalid("'" + hex + "' is not an Ed25519 public key: 64 hexadecimal digits.");
      }
    }

    static Key of(byte[] raw) {
      return new Key(Hex.format(raw));
    }

    /** The raw form of a key of the Java platform. */
    public static Key of(PublicKey key) {
      byte[] encoded = key.getEncoded();
      return of(Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length));
    }

    byte[] raw() {
      return Hex.parse(hex);
    }

    PublicKey toPublicKey() throws GeneralSecurityException {
      ByteArrayOutputStream encoded = new ByteArrayOutputStream();
      encoded.writeBytes(X509_PREFIX);
      encoded.writeBytes(raw());
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
    }
  }

  /** One signature with the key that is said to have made it. */
  public record Signed(Key key, byte[] signature) {

    public Signed {
      if (signature.length != SIGNATURE_BYTES) {
        throw ElasticException.corrupt("An Ed25519 signature has 64 bytes, not " + signature.length + ".");
      }
      signature = signature.clone();
    }

    @Override
    public byte[] signature() {
      return signature.clone();
    }
  }

  /** Whose packages are believed: pinned keys, or, only when said so, anybody's. */
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
        return what + " is not signed.\nMaybe sign it with 'insitu sign', or allow unsigned packages.";
      }
      boolean known = signatures.stream().anyMatch(signed -> pinned.contains(signed.key()));
      return known
          ? what + " carries a wrong signature of a pinned key.\nMaybe it was changed after it was signed; do not use it."
          : what + " is signed by " + signatures.iterator().next().key().hex() + ", which is none of the " + pinned.size()
              + " pinned keys.\nMaybe pin that key, if you trust its owner.";
    }
  }

  /** Signs a manifest's digest. */
  public static Signed sign(Digest manifest, PrivateKey privateKey, PublicKey publicKey) {
    try {
      Signature ed25519 = Signature.getInstance("Ed25519");
      ed25519.initSign(privateKey);
      ed25519.update(DOMAIN);
      ed25519.update(manifest.toBytes());
      return new Signed(Key.of(publicKey), ed25519.sign());
    } catch (GeneralSecurityException e) {
      throw new ElasticException(
          ElasticException.Reason.INVALID, "The key cannot sign: " + e.getMessage() + ".\nMaybe it is no Ed25519 key.", e);
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
