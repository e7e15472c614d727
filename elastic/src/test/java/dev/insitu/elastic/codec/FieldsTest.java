package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void unpacksWhatWasPackedAtEveryLength(int bits) {
    Random random = new Random(bits);
    for (int count = 1; count < 100; count++) {
      byte[] values = new byte[count];
      for (int i = 0; i < count; i++) {
        values[i] = (byte) random.nextInt(1 << bits);
      }
      byte[] packed = Fields.pack(values, count, bits);
      assertEquals(Fields.packedLength(count, bits), packed.length);
      byte[] unpacked = new byte[count + 5];
      assertTrue(Fields.unpack(packed, bits, unpacked, 3, count));
      assertArrayEquals(values, Arrays.copyOfRange(unpacked, 3, count + 3));
      assertEquals(0, unpacked[2] | unpacked[count + 3]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void refusesBitsAfterTheLastField(int bits) {
    for (int count = 1; count < 40; count++) {
      byte[] packed = new byte[Fields.packedLength(count, bits)];
      int used = count * bits & 7;
      if (used != 0) {
        packed[packed.length - 1] = (byte) (1 << used);
        assertFalse(Fields.unpack(packed, bits, new byte[count], 0, count));
      }
    }
  }

  @org.junit.jupiter.api.Test
  void putsTheFirstNumberInTheLowestBits() {
    assertArrayEquals(new byte[] {0x21, 0x03}, Fields.pack(new byte[] {1, 2, 3}, 3, 4));
    assertArrayEquals(
        new byte[] {(byte) 0b11_10_01_00}, Fields.pack(new byte[] {0, 1, 2, 3}, 4, 2));
    assertArrayEquals(new byte[] {0b101}, Fields.pack(new byte[] {1, 0, 1}, 3, 1));
  }
}
