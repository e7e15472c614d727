package dev.insitu.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.inference.BatchRule.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchRuleTest {

  private static final BatchRule RULE = new BatchRule(4, 1000);

  private static Waiting waiting(int columns, long samples) {
    return new Waiting(
        Samples.kind(Map.of("x", Tensor.zeros(ElementType.FLOAT32, 1, columns))),
        samples == 0 ? OptionalLong.empty() : OptionalLong.of(samples));
  }

  @Test
  void theOldestGoesWithThoseThatFitToIt() {
    assertEquals(List.of(0), RULE.next(List.of(waiting(3, 1))));
    assertEquals(
        List.of(0, 2, 3),
        RULE.next(List.of(waiting(3, 1), waiting(5, 1), waiting(3, 2), waiting(3, 1))));
    assertEquals(List.of(0, 2), RULE.next(List.of(waiting(3, 3), waiting(3, 2), waiting(3, 1))));
  }

  @Test
  void whatCannotBeComputedTogetherGoesAlone() {
    assertEquals(List.of(0), RULE.next(List.of(waiting(3, 0), waiting(3, 1))));
    assertEquals(List.of(0, 2), RULE.next(List.of(waiting(3, 1), waiting(3, 0), waiting(3, 1))));
    assertEquals(List.of(0), RULE.next(List.of(waiting(3, 9), waiting(3, 1))));
  }

  @Test
  void aClientAloneNeverWaits() {
    assertEquals(0, RULE.waitNanos(List.of(waiting(3, 1)), 0, 1));
  }

  @Test
  void asManyAsBeforeAreWaitedForButNotForEver() {
    List<Waiting> one = List.of(waiting(3, 1));
    List<Waiting> two = List.of(waiting(3, 1), waiting(3, 1));
    assertEquals(1000, RULE.waitNanos(one, 0, 2));
    assertEquals(300, RULE.waitNanos(one, 700, 2));
    assertEquals(0, RULE.waitNanos(one, 1500, 2));
    assertEquals(0, RULE.waitNanos(two, 0, 2));
    assertEquals(0, RULE.waitNanos(List.of(waiting(3, 2), waiting(3, 2)), 0, 3));
    assertEquals(0, RULE.waitNanos(List.of(waiting(3, 0)), 0, 1));
  }

  @Test
  void noBatchIsTooLargeOrMixedAndTheOldestIsAlwaysInIt() {
    long seed = 3;
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      List<Waiting> queue = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(8); i++) {
        queue.add(waiting(1 + random.nextInt(2), random.nextInt(6)));
      }
      List<Integer> next = RULE.next(queue);
      long samples = next.stream().mapToLong(i -> queue.get(i).samples().orElse(0)).sum();
      assertEquals(0, next.getFirst(), "seed " + seed);
      assertTrue(next.size() == 1 || samples <= RULE.maxSamples(), "seed " + seed);
      assertEquals(1, next.stream().map(i -> queue.get(i).kind()).distinct().count());
      long wait = RULE.waitNanos(queue, random.nextInt(2000), random.nextInt(5));
      assertTrue(wait >= 0 && wait <= RULE.maxWaitNanos(), "seed " + seed);
    }
  }
}
