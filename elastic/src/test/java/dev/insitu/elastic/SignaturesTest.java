package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignaturesTest {

  private static final Digest MANIFEST = Digest.sha256(new byte[] {1});
  private static final Digest OTHER = Digest.sha256(new byte[] {2});

  private final KeyPair old = keyPair("Ed25519");
  private final KeyPair next = keyPair("Ed25519");
  private final KeyPair stranger = keyPair("Ed25519");

  @TempDir Path directory;

  @Test
  void aRightSignatureOfAPinnedKeyIsBelieved() {
    assertDoesNotThrow(() -> trust(old).require(MANIFEST, List.of(sign(MANIFEST, old))));
  }

  @Test
  void aSignatureOfAnotherManifestIsNot() {
    assertUntrusted("wrong signature", trust(old), sign(OTHER, old));
  }

  @Test
  void everyChangedBitOfASignatureIsSeen() {
    Signed right = sign(MANIFEST, old);
    for (int bit = 0; bit < 8 * Signatures.SIGNATURE_BYTES; bit += 5) {
      byte[] bytes = right.signature();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertUntrusted("wrong signature", trust(old), new Signed(right.key(), bytes));
    }
  }

  @Test
  void aKeyThatIsNotPinnedIsNotBelieved() {
    assertUntrusted("none of the 1 pinned keys", trust(old), sign(MANIFEST, stranger));
  }

  @Test
  void aPinnedKeysNameOnAStrangersSignatureIsNotBelieved() {
    Signed forged = new Signed(key(old), sign(MANIFEST, stranger).signature());
    assertUntrusted("wrong signature", trust(old), forged);
  }

  @Test
  void anUnsignedPackageNeedsTheOption() {
    assertUntrusted("is not signed", trust(old));
    assertUntrusted("is not signed", new Trust(Set.of(), false));
    assertDoesNotThrow(() -> Trust.anybody().require(MANIFEST, List.of()));
    assertDoesNotThrow(() -> new Trust(Set.of(key(old)), true).require(MANIFEST, List.of()));
  }

  @Test
  void oneOfTwoSignaturesIsEnough() {
    Signed right = sign(MANIFEST, old);
    Signed unknown = sign(MANIFEST, stranger);
    Signed wrong = sign(OTHER, next);
    assertDoesNotThrow(() -> trust(old).require(MANIFEST, List.of(unknown, right)));
    assertDoesNotThrow(() -> trust(old, next).require(MANIFEST, List.of(wrong, right)));
    assertUntrusted("wrong signature", trust(old, next), wrong, unknown);
  }

  @Test
  void keysAreChangedByPinningBothAndSigningWithBoth() {
    List<Signed> during = List.of(sign(MANIFEST, old), sign(MANIFEST, next));
    List<Signed> after = List.of(sign(MANIFEST, next));
    for (Trust device : List.of(trust(old), trust(old, next), trust(next))) {
      assertDoesNotThrow(() -> device.require(MANIFEST, during));
    }
    assertDoesNotThrow(() -> trust(old, next).require(MANIFEST, after));
    assertUntrusted("none of the 1 pinned keys", trust(old), after.get(0));
  }

  @Test
  void aSignatureHasOneForm() {
    Signed right = sign(MANIFEST, old);
    byte[] bytes = right.signature();
    BigInteger order =
        BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] reversed = new byte[33];
    for (int i = 0; i < 32; i++) {
      reversed[32 - i] = bytes[32 + i];
    }
    byte[] sum = new BigInteger(reversed).add(order).toByteArray();
    for (int i = 0; i < 32; i++) {
      bytes[32 + i] = i < sum.length ? sum[sum.length - 1 - i] : 0;
    }
    assertUntrusted("wrong signature", trust(old), new Signed(right.key(), bytes));
  }

  @Test
  void aKeyThatIsNoPointVerifiesNothing() {
    Signatures.Key broken = new Signatures.Key("f".repeat(64));
    assertFalse(Signatures.verify(MANIFEST, new Signed(broken, new byte[64])));
    assertUntrusted(
        "wrong signature", new Trust(Set.of(broken), false), new Signed(broken, new byte[64]));
  }

  @Test
  void onlyEd25519KeysAreTaken() {
    KeyPair rsa = keyPair("RSA");
    KeyPair longer = keyPair("Ed448");
    assertRefused(Reason.INVALID, () -> Signatures.Key.of(rsa.getPublic()));
    assertRefused(Reason.INVALID, () -> Signatures.Key.of(longer.getPublic()));
    assertRefused(Reason.INVALID, () -> Signatures.sign(MANIFEST, rsa.getPrivate(), key(old)));
    assertRefused(Reason.INVALID, () -> Signatures.sign(MANIFEST, stranger.getPrivate(), key(old)));
    assertRefused(Reason.INVALID, () -> new Signatures.Key("00"));
    assertRefused(Reason.INVALID, () -> new Signatures.Key("g".repeat(64)));
  }

  @Test
  void aKeyIsTheSameInAnyCase() {
    String hex = key(old).hex();
    assertEquals(key(old), new Signatures.Key(hex.toUpperCase(Locale.ROOT)));
    assertEquals(old.getPublic(), assertDoesNotThrow(() -> key(old).toPublicKey()));
  }

  @Test
  void signaturesAreValues() {
    Signed signed = sign(MANIFEST, old);
    assertEquals(signed, new Signed(signed.key(), signed.signature()));
    assertEquals(signed.hashCode(), new Signed(signed.key(), signed.signature()).hashCode());
    assertNotEquals(signed, sign(OTHER, old));
    signed.signature()[0] ^= 1;
    assertTrue(Signatures.verify(MANIFEST, signed));
    assertRefused(Reason.CORRUPT, () -> new Signed(signed.key(), new byte[63]));
  }

  @Test
  void aSignedFileIsOpenedWithItsKeyOnly() throws IOException {
    Path path = write(2);
    try (PackageFile file = PackageFile.open(path, trust(old))) {
      assertEquals(
          List.of(key(old), key(next)), file.signatures().stream().map(Signed::key).toList());
    }
    PackageFile.open(path, trust(next)).close();
    PackageFile.open(path, Trust.anybody()).close();
    assertRefused(Reason.UNTRUSTED, () -> PackageFile.open(path, trust(stranger)).close());
    Path unsigned = write(0);
    assertRefused(Reason.UNTRUSTED, () -> PackageFile.open(unsigned, trust(old)).close());
    PackageFile.open(unsigned, Trust.anybody()).close();
  }

  @Test
  void anyChangeOfTheManifestUndoesItsSignature() throws IOException {
    Path path = write(1);
    RawManifest raw = RawManifest.of(new RandomPackage(7).manifest());
    byte[] header = raw.section(SectionTag.HEADER);
    header[10] ^= 1;
    byte[] manifest = raw.section(SectionTag.HEADER, header).whole();
    byte[] head = java.util.Arrays.copyOf(Files.readAllBytes(path), 20 + 96);
    head[12] = (byte) manifest.length;
    head[13] = (byte) (manifest.length >> 8);
    Files.write(path, new ByteWriter().raw(head).raw(manifest).toBytes());
    assertRefused(Reason.UNTRUSTED, () -> PackageFile.open(path, trust(old)).close());
  }

  @Test
  void moreSignaturesThanAllowedAreNotWritten() {
    List<Signed> many = Collections.nCopies(65, sign(MANIFEST, old));
    assertRefused(Reason.INVALID, () -> PackageWriter.head(new byte[1], many, new byte[0]));
  }

  private Path write(int signatures) throws IOException {
    RandomPackage random = new RandomPackage(7);
    ManifestCodec.Body body = ManifestCodec.body(random.manifest());
    List<Signed> signed = List.of(sign(body.digest(), old), sign(body.digest(), next));
    Path path = directory.resolve("signed-" + signatures + ".insitu");
    PackageWriter.write(
        path, ManifestCodec.whole(body), signed.subList(0, signatures), new byte[0], random);
    return path;
  }

  private static void assertUntrusted(String message, Trust trust, Signed... signatures) {
    ElasticException refused =
        assertThrows(ElasticException.class, () -> trust.require(MANIFEST, List.of(signatures)));
    assertEquals(Reason.UNTRUSTED, refused.reason());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertTrue(refused.getMessage().contains("\nMaybe "));
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void assertRefused(Reason reason, Call call) {
    assertEquals(reason, assertThrows(ElasticException.class, call::run).reason());
  }

  private static Trust trust(KeyPair... keys) {
    return Trust.keys(java.util.Arrays.stream(keys).map(SignaturesTest::key).toList());
  }

  private static Signatures.Key key(KeyPair pair) {
    return Signatures.Key.of(pair.getPublic());
  }

  private static Signed sign(Digest manifest, KeyPair pair) {
    return Signatures.sign(manifest, pair.getPrivate(), pair.getPublic());
  }

  private static KeyPair keyPair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
