package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.ZstdFrame;
import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class StreamTest {

  private static byte[] bytes(int length, IntUnaryOperator value) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) value.applyAsInt(i);
    }
    return bytes;
  }

  private static int bits(Random random, double density) {
    int bits = 0;
    for (int bit = 1; bit < 256; bit <<= 1) {
      bits |= random.nextDouble() < density ? bit : 0;
    }
    return bits;
  }

  private static byte[] write(Kind kind, byte[] raw) {
    try (StreamWriter writer = new StreamWriter(3, EntropyCoding.SHORTEST)) {
      writer.add(kind, raw);
      return writer.toBytes();
    }
  }

  private static byte[] read(byte[] chunk, int rawLength) {
    try (StreamReader reader = new StreamReader(ByteBuffer.wrap(chunk))) {
      byte[] raw = new byte[rawLength];
      ByteBuffer stream = reader.next(rawLength);
      assertEquals(rawLength, stream.remaining());
      stream.get(raw);
      reader.end();
      return raw;
    }
  }

  private static void check(int method, Kind kind, byte[] raw) {
    byte[] chunk = write(kind, raw);
    assertEquals(method, chunk[1]);
    assertArrayEquals(raw, read(chunk, raw.length));
    if (method != StreamMethod.REPEATED) {
      refuse(Reason.CORRUPT, chunk, raw.length / 2);
    }
    if (method >> 4 != StreamMethod.GAPS && method != StreamMethod.REPEATED) {
      refuse(Reason.CORRUPT, chunk, raw.length + 8);
    }
  }

  /** A chunk with one stream of that method and those coded bytes. */
  private static byte[] chunk(int method, byte[] coded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    out.write(method);
    for (int rest = coded.length; ; rest >>>= 7) {
      out.write(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) {
        break;
      }
    }
    out.writeBytes(coded);
    return out.toByteArray();
  }

  private static void refuse(Reason reason, byte[] chunk, int rawLength) {
    ElasticException e = assertThrows(ElasticException.class, () -> read(chunk, rawLength));
    assertEquals(reason, e.reason());
  }

  @Test
  void eachMethodIsChosenWhereItIsShortest() {
    Random random = new Random(14);
    byte[] noise = bytes(5000, i -> random.nextInt(256));
    check(0x00, Kind.BITS, noise);
    check(0x00, Kind.NUMBERS, noise);
    check(0x00, Kind.TEXT, noise);
    check(0x02, Kind.BITS, new byte[5000]);
    check(0x02, Kind.TEXT, bytes(300, i -> 7));
    check(0x01, Kind.TEXT, bytes(5000, i -> noise[i % 1000]));
    check(0x01, Kind.BITS, bytes(9000, i -> bits(random, 0.35)));
    check(0x41, Kind.BITS, bytes(9000, i -> bits(random, 0.02)));
    check(0x10, Kind.NUMBERS, bytes(5001, i -> random.nextInt(16)));
    check(0x20, Kind.NUMBERS, bytes(5001, i -> random.nextInt(4)));
    check(0x30, Kind.NUMBERS, bytes(5001, i -> random.nextInt(2)));
    check(0x31, Kind.NUMBERS, bytes(9001, i -> random.nextInt(6) / 5));
  }

  @Test
  void emptyStreamsAreLeftOut() {
    assertArrayEquals(new byte[] {1}, write(Kind.TEXT, new byte[0]));
    assertEquals(0, read(new byte[] {1}, 0).length);
  }

  @Test
  void otherPayloadVersionsAreTooNew() {
    refuse(Reason.TOO_NEW, new byte[] {2, 0, 1, 5}, 1);
    refuse(Reason.CORRUPT, new byte[0], 1);
  }

  @Test
  void unknownMethodsAreRefused() {
    for (int method = 0; method < 256; method++) {
      boolean known = (method & 15) <= 2 && method >> 4 <= 4;
      byte[] chunk = chunk(method, new byte[] {1});
      if (!known) {
        refuse(Reason.CORRUPT, chunk, 1);
      }
    }
  }

  @Test
  void lengthsThatDoNotFitAreRefused() {
    refuse(Reason.CORRUPT, new byte[] {1, 0, 2, 5}, 2);
    refuse(Reason.CORRUPT, new byte[] {1, 0, -1, -1, -1, -1, -1, -1}, 2);
    refuse(Reason.CORRUPT, new byte[] {1, 0, -128}, 2);
    refuse(Reason.CORRUPT, new byte[] {1, 0, 2, 5, 6, 7}, 2);
    refuse(Reason.CORRUPT, new byte[] {1, 2, 2, 5, 6}, 2);
    refuse(Reason.CORRUPT, new byte[] {1, 0x40, 2, 127, 0}, 3);
    refuse(Reason.LIMIT, new byte[] {1, 2, 1, 5}, StreamMethod.MAX_RAW + 1);
  }

  @Test
  void framesMustBeOneSmallFrameOfTheRightSize() {
    byte[] raw = bytes(3000, i -> i / 100);
    byte[] frame = Zstd.compress(raw, 3);
    assertArrayEquals(raw, read(chunk(1, frame), raw.length));
    ByteArrayOutputStream twoFrames = new ByteArrayOutputStream();
    twoFrames.writeBytes(frame);
    twoFrames.writeBytes(Zstd.compress(new byte[0], 3));
    refuse(Reason.CORRUPT, chunk(1, twoFrames.toByteArray()), raw.length);
    byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
    ByteArrayOutputStream skipped = new ByteArrayOutputStream();
    skipped.writeBytes(skippable);
    skipped.writeBytes(frame);
    refuse(Reason.CORRUPT, chunk(1, skipped.toByteArray()), raw.length);
    try (ZstdCompressCtx context = new ZstdCompressCtx().setContentSize(false)) {
      refuse(Reason.CORRUPT, chunk(1, context.compress(raw)), raw.length);
    }
    for (int length = 0; length < frame.length; length++) {
      refuse(Reason.CORRUPT, chunk(1, Arrays.copyOf(frame, length)), raw.length);
    }
  }

  @Test
  void windowsAboveTheLimitAreRefused() {
    ByteBuffer frame = ByteBuffer.allocate(32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    frame.putInt(0xfd2fb528).put((byte) 0x80).put((byte) (13 << 3)).putInt(5);
    frame.put(new byte[] {(byte) ((5 << 3) | 1), 0, 0}).put(new byte[] {1, 2, 3, 4, 5}).flip();
    assertEquals(5, ZstdFrame.contentSize(frame, 8 << 20));
    frame.put(5, (byte) ((13 << 3) | 1));
    assertEquals(-1, ZstdFrame.contentSize(frame, 8 << 20));
  }
}
