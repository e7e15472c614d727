package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.elastic.ElasticException.Reason;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteReaderTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, 1L << 61, 1L << 62})
  void numbersComeBack(long value) {
    ByteReader reader = reader(new ByteWriter().varint(value).toBytes());
    assertEquals(value, reader.varint());
    reader.end();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anyMixtureComesBack(long seed) {
    Random random = new Random(seed);
    int[] small = random.ints(20, 0, 65_536).toArray();
    long[] large = random.longs(20, 0, 1L << 62).toArray();
    byte[] noise = new byte[random.nextInt(50)];
    random.nextBytes(noise);
    ByteWriter writer = new ByteWriter();
    for (int i = 0; i < 20; i++) {
      writer.u8(small[i] & 255).u16(small[i]).u32(small[i]).varint(large[i]).name("ä☃𝄞" + i);
      writer.bytes(noise).digest(SmallPackage.digest(i)).u8(i % 2);
    }
    ByteReader reader = reader(writer.toBytes());
    for (int i = 0; i < 20; i++) {
      assertEquals(small[i] & 255, reader.u8());
      assertEquals(small[i], reader.u16());
      assertEquals(small[i], reader.u32("it", Integer.MAX_VALUE));
      assertEquals(large[i], reader.varint());
      assertEquals("ä☃𝄞" + i, reader.name("name"));
      byte[] read = new byte[reader.itemCount("bytes", 100)];
      reader.slice(read.length).get(read);
      assertArrayEquals(noise, read);
      assertEquals(SmallPackage.digest(i), reader.digest());
      assertEquals(i % 2 == 1, reader.flag("flag"));
    }
    reader.end();
  }

  @Test
  void aNumberHasOneForm() {
    assertRefused(Reason.CORRUPT, 0x80, 0x00);
    assertRefused(Reason.CORRUPT, 0xff, 0x80, 0x00);
    assertRefused(Reason.CORRUPT, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01);
    assertRefused(Reason.CORRUPT, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
    assertRefused(Reason.CORRUPT, 0x81);
    assertRefused(Reason.CORRUPT);
  }

  @Test
  void numbersTheFormatLacksAreNotWritten() {
    assertThrows(ElasticException.class, () -> new ByteWriter().varint(-1));
    assertThrows(ElasticException.class, () -> new ByteWriter().varint((1L << 62) + 1));
  }

  @Test
  void countsAreBoundedByTheLimitAndByWhatIsLeft() {
    byte[] bytes = new ByteWriter().varint(5).raw(new byte[4]).toBytes();
    assertEquals(5, reader(bytes).count("things", 5));
    assertEquals(
        Reason.LIMIT,
        assertThrows(ElasticException.class, () -> reader(bytes).count("things", 4)).reason());
    assertEquals(
        Reason.CORRUPT,
        assertThrows(ElasticException.class, () -> reader(bytes).itemCount("things", 5)).reason());
  }

  @Test
  void theBuffersPositionStays() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {9, 9, 1, 2, 3});
    bytes.position(2);
    ByteReader reader = new ByteReader("test", bytes);
    assertEquals(1, reader.u8());
    assertEquals(2, bytes.position());
    assertEquals(2, reader.remaining());
  }

  private static void assertRefused(Reason reason, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    assertEquals(
        reason, assertThrows(ElasticException.class, () -> reader(bytes).varint()).reason());
  }

  private static ByteReader reader(byte[] bytes) {
    return new ByteReader("test", ByteBuffer.wrap(bytes));
  }
}
