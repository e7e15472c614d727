package dev.insitu.examples.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RecipeTest {
  private static final Recipe RECIPE = Recipe.of(10, 1_280, 128);

  @Test
  void countsSteps() {
    assertEquals(10, RECIPE.stepsPerEpoch());
    assertEquals(100, RECIPE.steps());
  }

  @Test
  void raisesTheRateAndThenLowersItToAlmostNothing() {
    assertTrue(RECIPE.rate(0) < RECIPE.rate(4));
    assertEquals(RECIPE.peakRate(), RECIPE.rate(5), 1e-6f);
    for (int step = 6; step < RECIPE.steps(); step++) {
      assertTrue(RECIPE.rate(step) < RECIPE.rate(step - 1));
    }
    assertTrue(RECIPE.rate(99) < 0.001 * RECIPE.peakRate());
  }

  @Test
  void refusesPartialBatches() {
    assertThrows(IllegalArgumentException.class, () -> Recipe.of(1, 100, 64));
    assertThrows(IllegalArgumentException.class, () -> Recipe.of(0, 128, 64));
    assertThrows(IllegalArgumentException.class, () -> Recipe.of(1, 32, 64));
  }
}
