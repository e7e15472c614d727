package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ShuffleTest {

  @Test
  void partsElementsIntoTheirBytesAndLeavesTheRest() {
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertArrayEquals(new byte[] {1, 5, 2, 6, 3, 7, 4, 8, 9}, Shuffle.split(bytes, 4));
    assertArrayEquals(bytes, Shuffle.split(bytes, 1));
    assertArrayEquals(bytes, Shuffle.split(bytes, 16));
  }

  @Test
  void joinRestores() {
    byte[] bytes = new byte[1003];
    new Random(7).nextBytes(bytes);
    for (int size : new int[] {1, 2, 4, 8, 16}) {
      assertArrayEquals(bytes, Shuffle.join(Shuffle.split(bytes, size), size));
    }
  }
}
