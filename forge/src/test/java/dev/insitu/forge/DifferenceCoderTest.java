package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DifferenceCoderTest {

  private static final BlockTable BLOCKS =
      new BlockTable(
          IntStream.range(0, 10)
              .mapToObj(i ->
                  new TensorSpec(
                      "t" + i, ElementType.FLOAT32, Coding.VECTOR, i == 5 ? 200_000 : 50_000, 0, 0))
              .toList());

  private static List<List<Integer>> runs(int... blocks) {
    List<Block> list = IntStream.of(blocks).mapToObj(BLOCKS::block).toList();
    return DifferenceCoder.runs(list).stream()
        .map(run -> run.stream().map(Block::index).toList())
        .toList();
  }

  @Test
  void consecutiveBlocksAreJoinedUpToHalfAMebibyte() {
    assertEquals(List.of(List.of(0, 1), List.of(2, 3)), runs(0, 1, 2, 3)); // 200,000 bytes each
  }

  @Test
  void aGapEndsARun() {
    assertEquals(List.of(List.of(0), List.of(2), List.of(7, 8)), runs(0, 2, 7, 8));
  }

  @Test
  void aLargeBlockStandsAlone() {
    assertEquals(List.of(List.of(4), List.of(5), List.of(6)), runs(4, 5, 6));
  }

  @Test
  void ofNothingThereAreNoRuns() {
    assertEquals(List.of(), runs());
  }
}
