package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AccuracyTestTest {

  private static final int TRIALS = 2000;
  private static final int OUTCOMES = 2000;

  private static long seed() {
    long seed = Long.getLong("insitu.seed", System.nanoTime());
    System.out.println("insitu.seed=" + seed);
    return seed;
  }

  /** Draws scores: right or wrong, or spread between 0 and 1 with the same mean. */
  private static double score(Random random, double mean, boolean spread) {
    double share = random.nextDouble();
    if (!spread) {
      return share < mean ? 1 : 0;
    }
    double width = Math.min(mean, 1 - mean);
    return mean + width * (2 * share - 1);
  }

  private static AccuracyTest against(
      AccuracyRule rule, Random random, double mean, int count, boolean spread) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += score(random, mean, spread);
    }
    return new AccuracyTest(rule, count == 0 ? 0 : sum / count, count);
  }

  /** The outcome at which it is decided, or {@link #OUTCOMES}. */
  private static int decided(AccuracyTest test, Random random, double mean, boolean spread) {
    for (int i = 0; i < OUTCOMES; i++) {
      if (test.add(score(random, mean, spread))) {
        return i;
      }
    }
    return OUTCOMES;
  }

  @Test
  void goodVersionsAreSeldomerRolledBackThanStated() {
    Random random = new Random(seed());
    AccuracyRule rule = new AccuracyRule(0.1, 0, 1000, OUTCOMES);
    double[] means = {0.05, 0.5, 0.9, 0.99};
    int[] counts = {1, 10, 100, 1000};
    for (double mean : means) {
      for (int count : counts) {
        int wrong = 0;
        for (int trial = 0; trial < TRIALS / 10; trial++) {
          boolean spread = random.nextBoolean();
          AccuracyTest test = against(rule, random, mean, count, spread);
          wrong += decided(test, random, mean, spread) < OUTCOMES ? 1 : 0;
        }
        // 5.5 deviations above what is stated: one false alarm of this test in 10 million runs
        double most = 0.1 * TRIALS / 10 + 5.5 * Math.sqrt(0.1 * 0.9 * TRIALS / 10);
        assertTrue(wrong <= most, wrong + " of " + TRIALS / 10 + " at " + mean + ", " + count);
      }
    }
  }

  @Test
  void aDropWithinTheToleranceIsAccepted() {
    Random random = new Random(seed());
    AccuracyRule rule = new AccuracyRule(0.05, 0.05, 1000, OUTCOMES);
    int wrong = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      AccuracyTest test = against(rule, random, 0.9, 500, false);
      wrong += decided(test, random, 0.85, false) < OUTCOMES ? 1 : 0;
    }
    assertTrue(wrong <= 0.05 * TRIALS + 5.5 * Math.sqrt(0.05 * 0.95 * TRIALS), wrong + " wrong");
  }

  @Test
  void aClearDropIsFoundSoon() {
    Random random = new Random(seed());
    long sum = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      AccuracyTest test = against(AccuracyRule.DEFAULT, random, 0.95, 1000, false);
      int at = decided(test, random, 0.7, false);
      assertTrue(at < OUTCOMES);
      sum += at;
    }
    System.out.println("a drop from 0.95 to 0.70 is found after " + sum / TRIALS);
    assertTrue(sum / TRIALS < 100, "mean " + sum / TRIALS);
  }

  @Test
  void withNextToNoReferenceNothingIsDecided() {
    for (int count : new int[] {0, 1, 4}) {
      AccuracyTest test = new AccuracyTest(AccuracyRule.DEFAULT, 1, count);
      for (int i = 0; i < 3; i++) {
        assertFalse(test.add(0));
      }
    }
    assertEquals(0, AccuracyTest.lowerBound(0, 10, 0.01), 1e-12);
  }

  @Test
  void theLowerBoundIsThatOfChernoff() {
    // for a mean of 1 the bound is p^(1/n)
    assertEquals(Math.pow(0.01, 0.1), AccuracyTest.lowerBound(1, 10, 0.01), 1e-9);
    double bound = AccuracyTest.lowerBound(0.9, 1000, 0.005);
    assertTrue(bound > 0.865 && bound < 0.9, "" + bound);
    assertTrue(AccuracyTest.lowerBound(0.9, 100, 0.005) < bound);
  }

  @Test
  void rulesThatMakeNoSenseAreRefused() {
    double[] probabilities = {0, 1, -1, Double.NaN};
    for (double probability : probabilities) {
      assertThrows(IllegalArgumentException.class, () -> new AccuracyRule(probability, 0, 10, 10));
    }
    assertThrows(IllegalArgumentException.class, () -> new AccuracyRule(0.1, -0.1, 10, 10));
    assertThrows(IllegalArgumentException.class, () -> new AccuracyRule(0.1, 0, 0, 10));
    assertThrows(IllegalArgumentException.class, () -> new AccuracyRule(0.1, 0, 10, 1_000_001));
  }
}
