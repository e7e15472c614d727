package dev.insitu.forge.quantise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class QuantisersTest {

  private static final long SEED = new Random().nextLong();

  /** Channels of different spread, a length that no group divides. */
  private static Weights weights(int channels, int length) {
    Random random = new Random(SEED);
    float[] values = new float[channels * length];
    for (int c = 0; c < channels; c++) {
      double spread = Math.exp(random.nextGaussian() / 2);
      for (int i = 0; i < length; i++) {
        values[c * length + i] = (float) (0.05 * spread * random.nextGaussian());
      }
    }
    return new Weights(values, channels);
  }

  static Stream<Quantiser> quantisers() {
    return Stream.of(
        new UniformQuantiser(4, false),
        new UniformQuantiser(4, true),
        new CodebookQuantiser(1, 4, 1),
        new CodebookQuantiser(3, 6, 1),
        new PlanesQuantiser(0, PlanesQuantiser.USUAL_STEP, 0.001f),
        new PlanesQuantiser(2, PlanesQuantiser.USUAL_STEP, 0.001f),
        new PlanesQuantiser(6, PlanesQuantiser.USUAL_STEP, 0.001f));
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void quantisingTwiceChangesNothing(Quantiser quantiser) {
    Weights weights = weights(7, 45);
    Quantised once = quantiser.quantise(weights);
    Quantised twice = quantiser.quantise(new Weights(once.values(), 7));
    assertArrayEquals(once.values(), twice.values(), 1e-6f, "seed " + SEED);
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void isDeterministicAndLeavesItsInput(Quantiser quantiser) {
    Weights weights = weights(7, 45);
    float[] before = weights.values().clone();
    Quantised first = quantiser.quantise(weights);
    Quantised second = quantiser.quantise(weights);
    assertArrayEquals(before, weights.values());
    assertArrayEquals(first.values(), second.values());
    assertArrayEquals(first.codes(), second.codes());
    assertEquals(first.bits(), second.bits());
    assertEquals(weights.values().length, first.values().length);
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void zerosAndSingleWeightsAreQuantised(Quantiser quantiser) {
    assertArrayEquals(new float[64], quantiser.quantise(new Weights(new float[64], 2)).values());
    Quantised one = quantiser.quantise(new Weights(new float[] {0.5f}, 1));
    assertEquals(0.5f, one.values()[0], 0.02f);
  }

  static Stream<IntFunction<Quantiser>> families() {
    return Stream.of(
        bits -> new UniformQuantiser(bits, false),
        bits -> new UniformQuantiser(bits, true),
        bits -> new CodebookQuantiser(1, bits, 1),
        bits -> new CodebookQuantiser(2, bits, 1),
        bits -> PlanesQuantiser.of(bits - 2));
  }

  @ParameterizedTest
  @MethodSource("families")
  void errorFallsAndSizeGrowsWithBits(IntFunction<Quantiser> family) {
    Weights weights = weights(16, 200);
    Quantised before = family.apply(2).quantise(weights);
    for (int bits = 3; bits <= 7; bits++) {
      Quantised more = family.apply(bits).quantise(weights);
      String what = family.apply(bits).name() + ", seed " + SEED;
      assertTrue(more.meanSquaredError(weights) < before.meanSquaredError(weights), what);
      assertTrue(more.bits() > before.bits(), what);
      before = more;
    }
  }

  @Test
  void everyRebuiltGroupIsInTheCodebook() {
    for (int group = 1; group <= 4; group++) {
      Quantised quantised = new CodebookQuantiser(group, 5, 1).quantise(weights(8, 60));
      Set<List<Float>> book = new HashSet<>(groups(quantised.side(), group));
      assertTrue(book.containsAll(groups(quantised.values(), group)), "seed " + SEED);
      assertTrue(Arrays.stream(quantised.codes()).allMatch(code -> code >= 0 && code < 32));
    }
  }

  private static List<List<Float>> groups(float[] values, int group) {
    List<List<Float>> groups = new ArrayList<>();
    for (int i = 0; i + group <= values.length; i += group) {
      List<Float> one = new ArrayList<>();
      for (int j = i; j < i + group; j++) {
        one.add(values[j]);
      }
      groups.add(one);
    }
    return groups;
  }

  @Test
  void scalesPerChannelAreBetterWhereSpreadsDiffer() {
    Weights weights = weights(16, 200);
    double tensor = new UniformQuantiser(4, false).quantise(weights).meanSquaredError(weights);
    double channel = new UniformQuantiser(4, true).quantise(weights).meanSquaredError(weights);
    assertTrue(channel < tensor, "seed " + SEED);
  }

  @Test
  void packingLosesNoBit() {
    byte[] packed = PackedSize.pack(new int[] {5, 2, 7, 0, 1}, 3);
    assertArrayEquals(new byte[] {(byte) 0b11010101, 0b00010001}, packed);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new UniformQuantiser(1, true));
    assertThrows(IllegalArgumentException.class, () -> new CodebookQuantiser(0, 4, 1));
    assertThrows(IllegalArgumentException.class, () -> PlanesQuantiser.of(7));
    assertThrows(IllegalArgumentException.class, () -> new Weights(new float[3], 2));
    assertThrows(IllegalArgumentException.class, () -> new Weights(new float[] {Float.NaN}, 1));
  }
}
