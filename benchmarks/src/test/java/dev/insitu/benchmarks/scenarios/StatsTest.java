package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StatsTest {

  @Test
  void medianIsTheMiddleValueOrTheMeanOfTheMiddleTwo() {
    assertEquals(2, Stats.median(3, 1, 2));
    assertEquals(2.5, Stats.median(4, 1, 2, 3));
    assertEquals(7, Stats.median(7));
  }

  @Test
  void spreadIsTheRangeByTheMedian() {
    assertEquals(0.5, Stats.spread(3, 5, 4));
    assertEquals(0, Stats.spread(0, 0));
  }
}
