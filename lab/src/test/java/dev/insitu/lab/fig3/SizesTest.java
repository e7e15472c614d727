package dev.insitu.lab.fig3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SizesTest {

  @Test
  void halfOfTheWeightsTakeABitEachToSayWhich() {
    assertEquals(4 * 500 + 1000 / 8.0, Sizes.sparse(500, 1000), 1e-9);
  }

  @Test
  void allOrNoneNeedNotBeNamed() {
    assertEquals(4000, Sizes.sparse(1000, 1000), 1e-9);
    assertEquals(0, Sizes.sparse(0, 1000), 1e-9);
  }

  @Test
  void aTenthTakesTheEntropyOfATenth() {
    assertEquals(0.4690, Sizes.entropy(0.1), 1e-4);
  }
}
