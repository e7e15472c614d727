package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "resnet-20", "silero_vad", "a__b", "v1.2", "a---b", "0"})
  void modelNamesAreOciNames(String name) {
    assertEquals(name, Names.requireModelName(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "../a", "a/b", "a\\b", "A", "a..b", "a._b", "-a", "a-", "a b", "a\n", "ä",
        "a\0", "a___b", "con:"
      })
  void whateverElseIsRefusedWithASuggestion(String name) {
    ElasticException refused =
        assertThrows(ElasticException.class, () -> Names.requireModelName(name));
    assertEquals(Reason.INVALID, refused.reason());
    Names.requireModelName(Names.suggest(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "v1.2.3", "_x", "2025-08-25", "A--..__z"})
  void versionsAreOciTags(String version) {
    assertEquals(version, Names.requireVersion(version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "-1", "a/b", "a b", "1\n", "ä"})
  void whateverElseIsNoVersion(String version) {
    assertThrows(ElasticException.class, () -> Names.requireVersion(version));
  }

  @Test
  void lengthIsBounded() {
    Names.requireModelName("a".repeat(128));
    Names.requireVersion("a".repeat(128));
    assertThrows(ElasticException.class, () -> Names.requireVersion("a".repeat(129)));
    ElasticException refused =
        assertThrows(ElasticException.class, () -> Names.requireModelName("a-".repeat(1_000_000)));
    assertTrue(refused.getMessage().length() < 400);
    assertEquals(127, Names.suggest("a-".repeat(1000)).length());
  }

  @Test
  void textFromOutsideIsQuotedShortAndPlain() {
    assertEquals("'a/ä 1'", Names.quote("a/ä 1"));
    assertEquals("'a?b??[31m'", Names.quote("a\nb\0\u001b[31m"));
    assertEquals("'a?b'", Names.quote("a\u202eb"));
    assertEquals(82, Names.quote("x".repeat(1000)).length() - 1);
  }

  @Test
  void digestsHaveOneNotation() {
    String hex = "0123456789abcdef".repeat(4);
    assertEquals(hex, Digest.parse(hex).hex());
    assertEquals("sha256:" + hex, Digest.parse("sha256:" + hex).toString());
    assertEquals("0123456789ab", Digest.parse(hex).brief());
    assertEquals(Digest.parse(hex), Digest.of(Digest.parse(hex).toBytes()));
    for (String wrong :
        new String[] {
          "",
          hex.substring(1),
          hex + "0",
          hex + "00",
          "sha512:" + hex,
          "g" + hex.substring(1),
          "٠" + hex.substring(1),
          "../" + hex.substring(3)
        }) {
      assertThrows(ElasticException.class, () -> Digest.parse(wrong));
    }
  }

  @Test
  void digestsAreOrderedAsTheirBytes() {
    Digest low = Digest.parse("00".repeat(31) + "7f");
    Digest high = Digest.parse("80" + "00".repeat(31));
    assertTrue(low.compareTo(high) < 0 && high.compareTo(low) > 0);
    assertEquals(0, low.compareTo(Digest.of(low.toBytes())));
    assertTrue(low.compareTo(Digest.parse("00".repeat(31) + "80")) < 0);
  }
}
