package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Signed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every catalogue does, whatever holds it. */
abstract class CatalogueContract {

  @TempDir Path directory;
  Catalogue catalogue;

  /** Opens the catalogue of a directory, with what an earlier one left there. */
  abstract Catalogue open(Path directory);

  @BeforeEach
  void openFirst() {
    catalogue = open(directory);
  }

  @AfterEach
  void close() {
    catalogue.close();
  }

  static Digest digest(String of) {
    return Digest.sha256(of.getBytes(StandardCharsets.UTF_8));
  }

  static Catalogue.Version version(String name, String version) {
    return new Catalogue.Version(
        name,
        version,
        digest(name + version),
        Instant.ofEpochMilli(1_700_000_000_123L),
        7,
        1L << 40);
  }

  static Catalogue.Parts parts(String of) {
    return new Catalogue.Parts(
        ByteBuffer.wrap(of.getBytes(StandardCharsets.UTF_8)), ByteBuffer.allocate(0), List.of());
  }

  @Test
  void aNewCatalogueIsEmpty() {
    assertEquals(List.of(), catalogue.versions());
    assertEquals(List.of(), catalogue.versions("a"));
    assertEquals(List.of(), catalogue.openBatches());
    assertEquals(Optional.empty(), catalogue.parts(digest("a")));
    assertEquals(Optional.empty(), catalogue.byManifest(digest("a")));
  }

  @Test
  void versionsComeByNameThenInTheOrderOfPublishing() {
    for (Catalogue.Version version :
        List.of(version("b", "1"), version("a", "9"), version("a", "10"), version("a", "2"))) {
      catalogue.publish(version, parts("x"), Optional.empty());
    }
    assertEquals(
        List.of(version("a", "9"), version("a", "10"), version("a", "2"), version("b", "1")),
        catalogue.versions());
    assertEquals(List.of(version("b", "1")), catalogue.versions("b"));
    assertEquals(Optional.of(version("a", "10")), catalogue.byManifest(digest("a10")));
  }

  @Test
  void everythingSurvivesReopening() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Signed signed = Signatures.sign(digest("a1"), keys.getPrivate(), keys.getPublic());
    catalogue.begin("00000001");
    Catalogue.Parts parts =
        new Catalogue.Parts(
            ByteBuffer.wrap(new byte[] {1, 2}),
            ByteBuffer.wrap(new byte[] {3}),
            List.of(signed, signed));
    catalogue.publish(version("a", "1"), parts, Optional.of("00000001"));
    catalogue.begin("00000002");
    catalogue.close();
    catalogue = open(directory);
    assertEquals(List.of(version("a", "1")), catalogue.versions());
    Catalogue.Parts read = catalogue.parts(digest("a1")).orElseThrow();
    assertEquals(ByteBuffer.wrap(new byte[] {1, 2}), read.manifest());
    assertEquals(ByteBuffer.wrap(new byte[] {3}), read.profile());
    assertEquals(2, read.signatures().size());
    assertTrue(Signatures.verify(digest("a1"), read.signatures().get(1)));
    assertEquals(List.of("00000002"), catalogue.openBatches());
  }

  @Test
  void publishingEndsItsBatchAndNoOther() {
    catalogue.begin("1");
    catalogue.begin("2");
    catalogue.publish(version("a", "1"), parts("x"), Optional.of("1"));
    assertEquals(List.of("2"), catalogue.openBatches());
    catalogue.end("2");
    assertEquals(List.of(), catalogue.openBatches());
  }

  @Test
  void aVersionIsNeverReplaced() {
    catalogue.publish(version("a", "1"), parts("first"), Optional.empty());
    catalogue.begin("1");
    Catalogue.Version other = new Catalogue.Version("a", "1", digest("other"), Instant.EPOCH, 1, 1);
    LibraryException refused =
        assertThrows(
            LibraryException.class,
            () -> catalogue.publish(other, parts("second"), Optional.of("1")));
    assertEquals(LibraryException.Reason.CONFLICT, refused.reason());
    assertEquals(parts("first"), catalogue.parts(digest("a1")).orElseThrow());
    assertEquals(List.of("1"), catalogue.openBatches());
    assertEquals(Optional.empty(), catalogue.parts(digest("other")));
  }

  @Test
  void aRemovedVersionIsGoneAndItsNameFree() {
    catalogue.publish(version("a", "1"), parts("x"), Optional.empty());
    assertTrue(catalogue.remove("a", "1"));
    assertFalse(catalogue.remove("a", "1"));
    assertEquals(Optional.empty(), catalogue.parts(digest("a1")));
    assertEquals(Optional.empty(), catalogue.byManifest(digest("a1")));
    catalogue.publish(version("a", "1"), parts("y"), Optional.empty());
    assertEquals(1, catalogue.versions("a").size());
  }

  @Test
  void namesAreNotInterpreted() {
    assertEquals(List.of(), catalogue.versions("a' OR '1'='1"));
    assertFalse(catalogue.remove("a'; DROP TABLE versions; --", "1"));
    assertEquals(List.of(), catalogue.versions());
  }
}
