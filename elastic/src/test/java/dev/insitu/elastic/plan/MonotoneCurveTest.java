package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MonotoneCurveTest {

  @Test
  void itGoesThroughItsPoints() {
    double[] x = {1, 2, 4, 8};
    double[] y = {0.1, 0.5, 0.6, 0.9};
    MonotoneCurve curve = MonotoneCurve.through(x, y);
    for (int i = 0; i < x.length; i++) {
      assertEquals(y[i], curve.at(x[i]), 1e-12);
    }
  }

  @Test
  void aStraightLineStaysStraight() {
    MonotoneCurve curve =
        MonotoneCurve.through(new double[] {0, 1, 3, 7}, new double[] {0, 0.1, 0.3, 0.7});
    for (double x = 0; x <= 7; x += 0.25) {
      assertEquals(x / 10, curve.at(x), 1e-12);
    }
  }

  @Test
  void beforeTheFirstPointThereIsNothingAndBehindTheLastItIsLevel() {
    MonotoneCurve curve = MonotoneCurve.through(new double[] {1, 2}, new double[] {0.2, 0.4});
    assertTrue(Double.isNaN(curve.at(0.99)));
    assertEquals(0.4, curve.at(100));
    assertEquals(0.3, curve.at(1.5), 1e-12);
  }

  @Test
  void onePointIsLevel() {
    assertEquals(0.2, MonotoneCurve.through(new double[] {1}, new double[] {0.2}).at(3));
  }

  @Test
  void valuesThatFallArePooled() {
    assertArrayEquals(
        new double[] {1, 2.5, 2.5, 4, 4, 4},
        MonotoneCurve.ascending(new double[] {1, 3, 2, 5, 4, 3}),
        1e-12);
  }

  @Test
  void poolingIsTheNearestThatNeverFalls() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      double[] values = random.doubles(6).toArray();
      double[] pooled = MonotoneCurve.ascending(values);
      for (int trial = 0; trial < 50; trial++) {
        double[] other = random.doubles(6).toArray();
        Arrays.sort(other);
        assertTrue(apart(values, pooled) <= apart(values, other) + 1e-12, "seed " + seed);
      }
    }
  }

  private static double apart(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (one[i] - other[i]) * (one[i] - other[i]);
    }
    return sum;
  }

  @Test
  void itNeverFallsAndStaysBetweenItsNeighbours() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      double[] x = random.doubles(2 + random.nextInt(8)).sorted().distinct().toArray();
      double[] y = random.doubles(x.length).toArray();
      MonotoneCurve curve = MonotoneCurve.through(x, y);
      double[] steps = MonotoneCurve.ascending(y);
      double last = -1;
      for (int i = 0; i + 1 < x.length; i++) {
        for (int k = 0; k <= 20; k++) {
          double value = curve.at(x[i] + (x[i + 1] - x[i]) * k / 20.0);
          assertTrue(value >= last - 1e-12, "seed " + seed);
          assertTrue(value >= steps[i] - 1e-12 && value <= steps[i + 1] + 1e-12, "seed " + seed);
          last = value;
        }
      }
    }
  }

  @Test
  void placesMustAscend() {
    double[] two = {1, 1};
    assertThrows(IllegalArgumentException.class, () -> MonotoneCurve.through(two, two));
    assertThrows(
        IllegalArgumentException.class, () -> MonotoneCurve.through(new double[0], new double[0]));
  }
}
