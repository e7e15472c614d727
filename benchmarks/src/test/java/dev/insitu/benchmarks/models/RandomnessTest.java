package dev.insitu.benchmarks.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

final class RandomnessTest {
  private static final int COUNT = 1_000_000;
  private static final long GOLDEN = 434089325373818684L;

  @Test
  void gaussianHasTheMomentsOfANormal() {
    double[] values = draw(new Randomness(1, "w")::gaussian);
    assertEquals(0, moment(values, 1), 0.005);
    assertEquals(1, moment(values, 2), 0.01);
    assertEquals(0, moment(values, 3), 0.02);
    assertEquals(3, moment(values, 4), 0.06);
  }

  /** Shares beyond a bound on both sides, the last in the tail of the ziggurat. */
  @Test
  void gaussianHasTheQuantilesOfANormal() {
    double[] values = draw(new Randomness(2, "w")::gaussian);
    assertEquals(0.317311, shareBeyond(values, 1), 0.002);
    assertEquals(0.045500, shareBeyond(values, 2), 0.001);
    assertEquals(0.002700, shareBeyond(values, 3), 0.0003);
    assertEquals(0.000576, shareBeyond(values, 3.442619855899), 0.0001);
  }

  /**
   * The distribution function of t with 3 degrees at 1, 2 and 5 times the root of 3, from its
   * closed form.
   */
  @Test
  void heavyTailedHasTheQuantilesOfStudentsT() {
    double[] values = draw(new Randomness(3, "w")::heavyTailed);
    assertEquals(studentsTBeyond(0.5), shareBeyond(values, 0.5), 0.002);
    assertEquals(studentsTBeyond(1), shareBeyond(values, 1), 0.002);
    assertEquals(studentsTBeyond(2), shareBeyond(values, 2), 0.001);
    assertEquals(studentsTBeyond(5), shareBeyond(values, 5), 0.0004);
  }

  @Test
  void sameSeedAndNameGiveTheSameNumbersOnEveryMachine() {
    Randomness random = new Randomness(7, "conv1.weight");
    long digest = 0;
    for (int i = 0; i < 100_000; i++) {
      digest = 31 * digest + Double.doubleToRawLongBits(random.gaussian());
    }
    assertEquals(GOLDEN, digest);
  }

  @Test
  void seedAndNameChangeTheNumbers() {
    long first = new Randomness(7, "a").bits();
    assertNotEquals(first, new Randomness(8, "a").bits());
    assertNotEquals(first, new Randomness(7, "b").bits());
    assertNotEquals(new Randomness(7, "ab").bits(), new Randomness(7, "ba").bits());
  }

  private static double studentsTBeyond(double deviations) {
    // With t = deviations * sqrt(3), t / sqrt(degrees) is deviations itself.
    double inside = deviations / (1 + deviations * deviations) + Math.atan(deviations);
    return 1 - 2 / Math.PI * inside;
  }

  private static double[] draw(DoubleSupplier source) {
    double[] values = new double[COUNT];
    Arrays.setAll(values, _ -> source.getAsDouble());
    return values;
  }

  private static double moment(double[] values, int power) {
    return Arrays.stream(values).map(value -> Math.pow(value, power)).average().orElseThrow();
  }

  private static double shareBeyond(double[] values, double bound) {
    return Arrays.stream(values).filter(value -> Math.abs(value) > bound).count() / (double) COUNT;
  }
}
