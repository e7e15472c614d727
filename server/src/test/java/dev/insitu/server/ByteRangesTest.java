package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.insitu.server.ByteRanges.Answer;
import dev.insitu.server.ByteRanges.ByteRange;
import dev.insitu.server.ByteRanges.Conditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangesTest {

  private static final String ETAG = "\"abc\"";

  private static Answer range(String header, long size) {
    return ByteRanges.answer(
        new Conditions(Optional.of(header), Optional.empty(), Optional.empty(), Optional.empty()),
        ETAG,
        size);
  }

  private static Answer with(String ifRange, String ifMatch, String ifNoneMatch) {
    return ByteRanges.answer(
        new Conditions(
            Optional.of("bytes=0-0"),
            Optional.ofNullable(ifRange),
            Optional.ofNullable(ifMatch),
            Optional.ofNullable(ifNoneMatch)),
        ETAG,
        10);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,          10, 0, 0",
    "bytes=0-9,          10, 0, 9",
    "bytes=0-,           10, 0, 9",
    "bytes=9-,           10, 9, 9",
    "bytes=3-100,        10, 3, 9",
    "bytes=-1,           10, 9, 9",
    "bytes=-10,          10, 0, 9",
    "bytes=-11,          10, 0, 9",
    "BYTES=2-3,          10, 2, 3",
    "'bytes= 2-3 ',      10, 2, 3",
    "bytes=0-9999999999999999999, 10, 0, 9",
    "bytes=5000000000-5000000001, 9000000000, 5000000000, 5000000001"
  })
  void oneRangeIsCutToTheContent(String header, long size, long first, long last) {
    assertEquals(new Answer.Parts(List.of(new ByteRange(first, last))), range(header, size));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=10-",
        "bytes=10-11",
        "bytes=-0",
        "bytes=9223372036854775807-",
        "bytes=9999999999999999999-",
        "bytes=10-,11-"
      })
  void rangesOutsideAreNotSatisfiable(String header) {
    assertInstanceOf(Answer.Unsatisfiable.class, range(header, 10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "bytes=2-1",
        "bytes=1-2-3",
        "bytes=0-1,,2-3",
        "bytes=0x1-2",
        "items=0-1",
        "bytes 0-1",
        "bytes=+1-2",
        "bytes=1 - 2",
        "bytes=00000000000000000000-1",
        "bytes=0-1;2-3",
        "bytes=\u0661-2"
      })
  void whatIsNoRangeIsPassedOver(String header) {
    assertInstanceOf(Answer.Whole.class, range(header, 10));
  }

  @Test
  void anyRangeOfNothingIsNotSatisfiable() {
    assertInstanceOf(Answer.Unsatisfiable.class, range("bytes=0-", 0));
    assertInstanceOf(Answer.Unsatisfiable.class, range("bytes=-5", 0));
  }

  @Test
  void severalRangesComeInTheOrderAskedForWithoutThoseOutside() {
    assertEquals(
        new Answer.Parts(List.of(new ByteRange(8, 9), new ByteRange(0, 1))),
        range("bytes=8-9, 0-1,50-60", 10));
  }

  @Test
  void rangesThatMultiplyTheContentAreRefused() {
    assertInstanceOf(Answer.Unsatisfiable.class, range("bytes=0-,0-", 10));
    assertInstanceOf(Answer.Unsatisfiable.class, range("bytes=0-5,0-5", 10));
    assertInstanceOf(Answer.Parts.class, range("bytes=0-4,0-4", 10));
    assertInstanceOf(Answer.Parts.class, range("bytes=" + "0-0,".repeat(63) + "0-0", 1000));
    assertInstanceOf(Answer.Unsatisfiable.class, range("bytes=" + "0-0,".repeat(64) + "0-0", 1000));
    assertInstanceOf(
        Answer.Unsatisfiable.class, range("bytes=" + "0-0,".repeat(100_000) + "0-0", 1 << 30));
  }

  @Test
  void rangesHoldOnlyForTheSameStrongTag() {
    assertInstanceOf(Answer.Parts.class, with(ETAG, null, null));
    assertInstanceOf(Answer.Whole.class, with("\"other\"", null, null));
    assertInstanceOf(Answer.Whole.class, with("W/" + ETAG, null, null));
    assertInstanceOf(Answer.Whole.class, with("Wed, 21 Oct 2026 07:28:00 GMT", null, null));
  }

  @Test
  void preconditionsComeFirst() {
    assertInstanceOf(Answer.PreconditionFailed.class, with(null, "\"other\"", null));
    assertInstanceOf(Answer.PreconditionFailed.class, with(null, "W/" + ETAG, null));
    assertInstanceOf(Answer.Parts.class, with(null, "\"other\", " + ETAG, null));
    assertInstanceOf(Answer.Parts.class, with(null, "*", null));
    assertInstanceOf(Answer.NotModified.class, with(null, null, ETAG));
    assertInstanceOf(Answer.NotModified.class, with(null, null, "\"other\",W/" + ETAG));
    assertInstanceOf(Answer.NotModified.class, with(null, ETAG, "*"));
    assertInstanceOf(Answer.Parts.class, with(null, null, "\"other\""));
  }

  @Test
  void randomHeadersNeverGiveBytesOutside() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet = "0123456789--,, =bytes";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder header = new StringBuilder(random.nextInt(4) == 0 ? "" : "bytes=");
      int length = random.nextInt(30);
      for (int j = 0; j < length; j++) {
        header.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      long size = random.nextInt(50);
      if (range(header.toString(), size) instanceof Answer.Parts parts) {
        List<ByteRange> outside = new ArrayList<>(parts.ranges());
        outside.removeIf(
            range -> range.first() >= 0 && range.first() <= range.last() && range.last() < size);
        assertEquals(List.of(), outside, () -> "'" + header + "' of " + size + ", seed " + seed);
      }
    }
  }
}
