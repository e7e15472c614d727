package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupingTest {

  private static final long NO_CAP = Long.MAX_VALUE;

  @Test
  void equalsBruteForceOverAllGroupings() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Grouping grouping = random(random, 1 + random.nextInt(9));
      int maxGroups = 1 + random.nextInt(9);
      Grouping.Result result = grouping.best(maxGroups, NO_CAP);
      double best = bruteForce(grouping, maxGroups);
      assertEquals(best, result.seconds(), 1e-7 * best, "seed " + seed);
      assertEquals(best, end(grouping, result.ends()), 1e-7 * best, "seed " + seed);
    }
  }

  @Test
  void capHoldsWhereUnitsAllowIt() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Grouping grouping = random(random, 30);
      long total = Arrays.stream(grouping.bytes()).sum();
      List<Integer> ends = grouping.best(10, total / 5).ends();
      for (int g = 0, from = 0; g < ends.size(); from = ends.get(g++)) {
        long size = Arrays.stream(grouping.bytes(), from, ends.get(g)).sum();
        assertTrue(size <= total / 5, "seed " + seed + " group " + size + " of " + total);
      }
    }
  }

  @Test
  void evenGroupsArePreferredWhereTimeIsTheSame() {
    double[] transfer = new double[12];
    Arrays.fill(transfer, 1);
    long[] bytes = new long[12];
    Arrays.fill(bytes, 100);
    Grouping grouping = new Grouping(transfer, new double[12], bytes, new double[12], 0);
    assertEquals(List.of(3, 6, 9, 12), grouping.best(4, NO_CAP).ends());
  }

  @Test
  void oneBigUnitTakesItsSmallNeighboursAlong() {
    long[] bytes = {5, 5, 1000, 0, 0, 10};
    double[] transfer = Arrays.stream(bytes).mapToDouble(b -> b / 100.0).toArray();
    Grouping grouping = new Grouping(transfer, new double[6], bytes, filled(6, 0.1), 0.1);
    List<Integer> ends = grouping.best(4, 200).ends();
    assertEquals(List.of(6), ends);
  }

  private static Grouping random(Random random, int count) {
    double[] transfer = random.doubles(count).toArray();
    double[] compute = random.doubles(count).map(d -> d * random.nextInt(3)).toArray();
    long[] bytes = random.longs(count, 0, 100).toArray();
    double[] launch = random.doubles(count).map(d -> d / 4).toArray();
    return new Grouping(transfer, compute, bytes, launch, random.nextDouble() / 4);
  }

  private static double[] filled(int count, double value) {
    double[] array = new double[count];
    Arrays.fill(array, value);
    return array;
  }

  private static double bruteForce(Grouping grouping, int maxGroups) {
    int n = grouping.bytes().length;
    double best = Double.POSITIVE_INFINITY;
    for (int mask = 0; mask < 1 << (n - 1); mask++) {
      if (Integer.bitCount(mask) < maxGroups) {
        List<Integer> ends = new ArrayList<>();
        for (int i = 1; i < n; i++) {
          if ((mask >> (i - 1) & 1) == 1) {
            ends.add(i);
          }
        }
        ends.add(n);
        best = Math.min(best, end(grouping, ends));
      }
    }
    return best;
  }

  /**
   * Plays one grouping through: a group starts when it has arrived and the one before it is done.
   */
  private static double end(Grouping grouping, List<Integer> ends) {
    double arrived = 0;
    double done = 0;
    int unit = 0;
    for (int end : ends) {
      double work = grouping.launch()[end - 1];
      arrived += grouping.secondsPerTransfer();
      for (; unit < end; unit++) {
        arrived += grouping.transfer()[unit];
        work += grouping.compute()[unit];
      }
      done = Math.max(done, arrived) + work;
    }
    return done;
  }
}
