package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecipeTest {

  private static final int STEPS = 100;

  @Test
  void ratesRiseAndThenFallToAlmostNothing() {
    for (Schedule schedule :
        List.of(new Schedule.Cosine(0.1, 0.1), new Schedule.OneCycle(0.1, 0.1))) {
      for (int step = 1; step < 10; step++) {
        assertTrue(schedule.rate(step, STEPS) > schedule.rate(step - 1, STEPS));
      }
      assertEquals(0.1, schedule.rate(9, STEPS), 1e-12);
      for (int step = 10; step < STEPS; step++) {
        assertTrue(schedule.rate(step, STEPS) < schedule.rate(step - 1, STEPS));
      }
      assertTrue(schedule.rate(STEPS - 1, STEPS) < 1e-4);
    }
  }

  @Test
  void stairsGoDownWhereTheyAreToldTo() {
    Schedule stairs = new Schedule.Stairs(1, 0, List.of(0.5, 0.75), 0.1);
    assertEquals(1, stairs.rate(0, STEPS));
    assertEquals(1, stairs.rate(49, STEPS));
    assertEquals(0.1, stairs.rate(50, STEPS), 1e-12);
    assertEquals(0.01, stairs.rate(75, STEPS), 1e-12);
    assertEquals(0.01, stairs.rate(99, STEPS), 1e-12);
  }

  @Test
  void recipesThatMakeNoSenseAreRefused() {
    TrainingRecipe recipe = TrainingRecipe.of(10, 8);
    assertThrows(TrainException.class, () -> TrainingRecipe.of(0, 8));
    assertThrows(TrainException.class, () -> TrainingRecipe.of(8, 0));
    assertThrows(TrainException.class, () -> recipe.withLabelSmoothing(1));
    assertThrows(TrainException.class, () -> recipe.withClipNorm(-1));
    assertThrows(TrainException.class, () -> new Augmentation(-1, false));
    assertThrows(TrainException.class, () -> new Schedule.Cosine(0, 0));
    assertThrows(TrainException.class, () -> new Schedule.OneCycle(1, 1));
    assertThrows(TrainException.class, () -> new OptimizerKind.Sgd(1, true, 0));
    assertThrows(TrainException.class, () -> new TrainingRecipe.Distillation(2, 1));
    assertThrows(TrainException.class, () -> new TrainingRecipe.Distillation(1, 0));
  }

  @Test
  void roundsAreWholeBatches() {
    assertEquals(390 * 30, TrainingRecipe.stepsFor(30, 50_000, 128));
    assertEquals(195, TrainingRecipe.stepsFor(0.5, 50_000, 128));
    assertEquals(1, TrainingRecipe.stepsFor(0.001, 100, 64));
  }

  @Test
  void eachRoundTakesEverySampleOnceInAnOrderOfItsOwn() {
    SampleOrder order = new SampleOrder(20, 5, 3);
    int[] first = IntStream.range(0, 4).flatMap(s -> IntStream.of(order.samples(s))).toArray();
    int[] second = IntStream.range(4, 8).flatMap(s -> IntStream.of(order.samples(s))).toArray();
    assertEquals(20, IntStream.of(first).distinct().count());
    assertEquals(20, IntStream.of(second).distinct().count());
    assertNotEquals(IntStream.of(first).boxed().toList(), IntStream.of(second).boxed().toList());
    assertEquals(
        IntStream.of(new SampleOrder(20, 5, 3).samples(6)).boxed().toList(),
        IntStream.of(order.samples(6)).boxed().toList());
  }
}
