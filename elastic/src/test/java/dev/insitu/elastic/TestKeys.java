package dev.insitu.elastic;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;

/** Ed25519 keys that are the same on every run. */
final class TestKeys {

  private TestKeys() {}

  static KeyPair pair(int number) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(255, new Constant((byte) number));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static Signatures.Key key(int number) {
    return Signatures.Key.of(pair(number).getPublic());
  }

  static Signatures.Signed sign(Digest manifest, int number) {
    KeyPair pair = pair(number);
    return Signatures.sign(manifest, pair.getPrivate(), pair.getPublic());
  }

  private static final class Constant extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte value;

    Constant(byte value) {
      this.value = value;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, value);
    }
  }
}
