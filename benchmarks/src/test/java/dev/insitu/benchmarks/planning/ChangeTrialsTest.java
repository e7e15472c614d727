package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.benchmarks.planning.ChangeTrials.Detector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangeTrialsTest {

  private static ChangeTrials trials() {
    return new ChangeTrials(new Random(3));
  }

  @Test
  void everySecondIsPlayedOnceInAnotherOrder() {
    double[] rates = new double[50];
    Arrays.setAll(rates, second -> 8.0 * (second + 1));
    List<Double> played = new ArrayList<>();
    int alarms =
        trials()
            .falseAlarms(
                FluidChannel.of(rates),
                rate -> {
                  played.add((double) Math.round(rate));
                  return -1;
                });
    assertEquals(200, alarms);
    assertTrue(!played.equals(played.stream().sorted().toList()));
    List<Double> seconds = played.stream().distinct().sorted().toList();
    assertEquals(50, seconds.size());
    assertEquals(1.0, seconds.getFirst());
    assertEquals(50.0, seconds.getLast());
  }

  @Test
  void aDelayIsCountedFromTheChangeToTheSampleThatShowsIt() {
    FluidChannel channel = FluidChannel.of(8, 8);
    int[] samples = {0};
    Detector third =
        rate -> {
          samples[0] += Math.abs(rate - 1) > 1e-9 ? 1 : 0;
          return samples[0] < 3 ? 0 : rate > 1 ? 1 : -1;
        };
    assertEquals(OptionalDouble.of(0.75), trials().delay(channel, 4, third));
    assertEquals(OptionalDouble.empty(), trials().delay(channel, 4, rate -> 0));
    Detector wrongWay = rate -> rate > 1 ? -1 : rate < 1 ? 1 : 0;
    assertEquals(OptionalDouble.empty(), trials().delay(channel, 4, wrongWay));
  }

  @Test
  void thePeerSeesWhatDiffersByMoreThanAThird() {
    Detector peer = ChangeTrials.everyDifference();
    int[] ways = {0, 0, 1, 0, -1};
    double[] rates = {1, 1.2, 1.4, 1.1, 0.9};
    for (int i = 0; i < rates.length; i++) {
      assertEquals(ways[i], peer.add(rates[i]), "sample " + i);
    }
  }

  @Test
  void theLeastDelayIsThatOfNormalNoise() {
    double[] rates = new double[20_000];
    Random random = new Random(1);
    Arrays.setAll(rates, second -> 1e6 * Math.exp(random.nextGaussian()));
    double least = ChangeTrials.leastDelay(FluidChannel.of(rates), Math.E, 100);
    assertEquals(2 * Math.log(100), least, 0.3);
  }
}
