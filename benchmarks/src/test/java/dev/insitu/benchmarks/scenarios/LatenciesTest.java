package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void shareOfNothingIsNoNumber() {
    assertTrue(Double.isNaN(new Latencies().millis(0.99)));
  }

  @Test
  void percentilesAreWithinAHundredthOfTheExactOnes() {
    Latencies latencies = new Latencies();
    SplittableRandom random = new SplittableRandom(5);
    long[] nanos = new long[10_001];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = (long) Math.exp(random.nextDouble(Math.log(2e3), Math.log(5e9)));
      latencies.add(nanos[i]);
    }
    Arrays.sort(nanos);
    for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
      double exact = 1e-6 * nanos[(int) Math.ceil(share * nanos.length) - 1];
      assertEquals(exact, latencies.millis(share), 0.01 * exact);
    }
    assertEquals(nanos.length, latencies.count());
  }

  @Test
  void whatIsBeyondAllBucketsCounts() {
    Latencies latencies = new Latencies();
    latencies.add(0);
    latencies.add(Long.MAX_VALUE);
    assertEquals(2, latencies.count());
    assertTrue(latencies.millis(1) > 100_000);
  }
}
