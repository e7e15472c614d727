package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.elastic.ElasticException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RangeTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anyOrderOfIndicesComesBack(long seed) {
    Random random = new Random(seed);
    List<Integer> indices = new ArrayList<>(IntStream.range(0, 40).boxed().toList());
    for (int swaps = random.nextInt(20); swaps > 0; swaps--) {
      Collections.swap(indices, random.nextInt(40), random.nextInt(40));
    }
    int[] order = indices.stream().mapToInt(Integer::intValue).toArray();
    List<Range> ranges = Range.of(IntStream.of(order));
    assertArrayEquals(order, Range.indices(ranges).toArray());
    assertEquals(40, Range.count(ranges));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void rangesFromOutsideAreClipped(long seed) {
    Random random = new Random(seed);
    List<Range> ranges = new ArrayList<>();
    BitSet expected = new BitSet();
    for (int i = random.nextInt(20); i > 0; i--) {
      int from = random.nextInt(100);
      int to = from + 1 + random.nextInt(60);
      ranges.add(new Range(from, to));
      expected.set(from, to);
    }
    expected.clear(70, 200);
    assertEquals(expected, Range.within(ranges, 70));
  }

  @Test
  void manyRangesOfAllThereIsCostNoMoreThanOne() {
    List<Range> ranges = Collections.nCopies(1_000_000, new Range(0, Integer.MAX_VALUE));
    assertEquals(4_000_000, Range.within(ranges, 4_000_000).cardinality());
    assertEquals(1_000_000L * Integer.MAX_VALUE, Range.count(ranges));
  }

  @Test
  void anEmptyRangeIsNone() {
    assertThrows(ElasticException.class, () -> new Range(3, 3));
    assertThrows(ElasticException.class, () -> new Range(-1, 3));
    assertThrows(ElasticException.class, () -> new Range(4, 3));
    assertEquals(List.of(), Range.of(IntStream.empty()));
    assertEquals(new BitSet(), Range.within(List.of(), 10));
  }
}
