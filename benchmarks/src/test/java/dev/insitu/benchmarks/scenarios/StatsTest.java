package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
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

  @Test
  void shareIsTheLeastValueThatSoManyDoNotExceed() {
    double[] hundred = IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray();
    assertEquals(99, Stats.share(0.99, hundred));
    assertEquals(100, Stats.share(1, hundred));
    assertEquals(7, Stats.share(0.5, 7));
  }
}
