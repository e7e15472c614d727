package dev.insitu.runtime.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ByteWriter;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages that nobody wrote with the codec. */
class HostileFeaturesTest {

  private static final int FLOAT = 1;
  private static final int GRID = 1;
  private static final int STREAMS = 2;
  private static final int STEP = 1016;

  private static ElasticException refused(Reason reason, byte[] message, String... names) {
    ElasticException refused =
        assertThrows(
            ElasticException.class,
            () -> FeatureCodec.decode(ByteBuffer.wrap(message), List.of(names), 1 << 20));
    assertEquals(reason, refused.reason(), refused.getMessage());
    return refused;
  }

  private static ByteWriter head(int version, int values) {
    return new ByteWriter().u8(version).varint(values);
  }

  @Test
  void damagedMessagesAreRefusedOrReadWithinTheirLimits() {
    Random random = new Random(77);
    Map<String, Tensor> values = new LinkedHashMap<>();
    values.put("a", FeatureCodecTest.normal(1, true, 1, 8, 6, 6));
    values.put("b", FeatureCodecTest.normal(2, false, 1, 5, 7));
    values.put("c", Tensor.of(new long[] {1, 2, 3}, 3));
    FeatureCoding[] codings = FeatureCoding.values();
    for (int round = 0; round < 30_000; round++) {
      byte[] bad = FeatureCodec.encode(values, 4, codings[round % codings.length]);
      for (int i = 0; i <= round % 3; i++) {
        bad[random.nextInt(round % 2 == 0 ? bad.length : 24)] ^= (byte) (1 << random.nextInt(8));
      }
      if (round % 5 == 0) {
        bad = Arrays.copyOf(bad, random.nextInt(bad.length + 4));
      }
      try {
        long said = FeatureCodec.unpackedBytes(ByteBuffer.wrap(bad));
        long bytes =
            FeatureCodec.decode(ByteBuffer.wrap(bad), values.keySet(), 1 << 16).values().stream()
                .mapToLong(value -> value.bytes().remaining())
                .sum();
        assertTrue(bytes <= 1 << 16, "round " + round);
        assertTrue(bytes <= said, "round " + round);
      } catch (ElasticException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 10);
      }
    }
  }

  @Test
  void anEndThatIsMissingIsSeen() {
    for (FeatureCoding coding : FeatureCoding.values()) {
      byte[] good =
          FeatureCodec.encode(Map.of("v", FeatureCodecTest.normal(1, true, 40)), 4, coding);
      for (int length = 0; length < good.length; length++) {
        refused(Reason.CORRUPT, Arrays.copyOf(good, length), "v");
      }
      refused(Reason.CORRUPT, Arrays.copyOf(good, good.length + 1), "v");
    }
  }

  @Test
  void streamsThatSayMoreThanTheyMayAreRefused() {
    ByteWriter two = new ByteWriter().u8(1).u8(2).varint(1).u8(1); // numbers of a byte
    refused(Reason.CORRUPT, streams(two.u8(2).varint(2).u8(7).u8(7).toBytes()), "v");
    ByteWriter wide = new ByteWriter().u8(1).u8(2).varint(1).u8(5);
    refused(Reason.CORRUPT, streams(wide.toBytes()), "v");
    ByteWriter negative = new ByteWriter().u8(1).u8(2).varint(1).u8(4);
    for (int place = 0; place < 4; place++) {
      negative.u8(2).varint(1).u8(255);
    }
    refused(Reason.CORRUPT, streams(negative.toBytes()), "v");
    refused(Reason.TOO_NEW, streams(new byte[] {2}), "v");
  }

  private static byte[] streams(byte[] codes) {
    ByteWriter out = head(1, 1).u8(FLOAT).u8(1).varint(3).u8(STREAMS).u8(0).u16(STEP).varint(0);
    return out.bytes(codes).toBytes();
  }

  @Test
  void anotherVersionIsToldFromDamage() {
    refused(Reason.TOO_NEW, head(2, 0).toBytes());
  }

  @Test
  void theNumberOfValuesMustBeTheCuts() {
    byte[] two =
        FeatureCodec.encode(
            Map.of("a", Tensor.of(new int[1], 1), "b", Tensor.of(new int[1], 1)), 4);
    String message = String.valueOf(refused(Reason.CORRUPT, two, "a").getMessage());
    assertTrue(message.contains("2 values; the cut has 1"), message);
  }

  @Test
  void hugeShapesAreRefusedBeforeAnythingIsAllocated() {
    ByteWriter out = head(1, 1).u8(FLOAT).u8(3);
    out.varint(Integer.MAX_VALUE).varint(Integer.MAX_VALUE).varint(Integer.MAX_VALUE);
    refused(Reason.LIMIT, out.u8(GRID).u8(0).u16(STEP).varint(0).varint(0).toBytes(), "v");
    ByteWriter just = head(1, 1).u8(FLOAT).u8(1).varint((1 << 18) + 1);
    refused(Reason.LIMIT, just.u8(GRID).u8(0).u16(STEP).varint(0).varint(0).toBytes(), "v");
    refused(Reason.LIMIT, head(1, 1).u8(FLOAT).u8(65).toBytes(), "v");
  }

  @Test
  void aTypeOrCodingThatDoesNotExistIsRefused() {
    for (int type : new int[] {0, 8, 14, 15, 17, 200}) {
      refused(Reason.CORRUPT, head(1, 1).u8(type).u8(0).u8(0).toBytes(), "v");
    }
    refused(Reason.CORRUPT, head(1, 1).u8(FLOAT).u8(0).u8(7).toBytes(), "v");
    int int64 = 7;
    refused(Reason.CORRUPT, head(1, 1).u8(int64).u8(0).u8(GRID).toBytes(), "v");
  }

  @Test
  void aGridOutsideItsLimitsIsRefused() {
    refused(Reason.CORRUPT, grid(2, STEP, 0), "v");
    refused(Reason.CORRUPT, grid(0, 15, 0), "v");
    refused(Reason.CORRUPT, grid(0, 2040, 0), "v");
    refused(Reason.LIMIT, grid(0, STEP, (1 << 25) + 1), "v");
    assertEquals(
        3 * 4,
        FeatureCodec.decode(ByteBuffer.wrap(grid(0, STEP, 4)), List.of("v"), 1 << 20)
            .get("v")
            .bytes()
            .remaining());
  }

  private static byte[] grid(int flags, int step, int origin) {
    ByteWriter out = head(1, 1).u8(FLOAT).u8(1).varint(3);
    return out.u8(GRID).u8(flags).u16(step).varint(origin).varint(0).toBytes();
  }

  @Test
  void aCodeWithoutEndIsRefused() {
    byte[] ones = new byte[40];
    Arrays.fill(ones, (byte) 0xff);
    ByteWriter out = head(1, 1).u8(FLOAT).u8(1).varint(3).u8(GRID).u8(0).u16(STEP).varint(0);
    String message =
        String.valueOf(refused(Reason.CORRUPT, out.bytes(ones).toBytes(), "v").getMessage());
    assertTrue(message.contains("24 bits"), message);
  }
}
