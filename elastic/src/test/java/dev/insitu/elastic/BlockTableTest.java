package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockTableTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void blocksCoverEveryTensorOnce(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    BlockTable blocks = manifest.blocks();
    int next = 0;
    long end = 0;
    for (int tensor = 0; tensor < manifest.tensors().size(); tensor++) {
      TensorSpec spec = manifest.tensors().get(tensor);
      assertEquals(next, blocks.firstBlock(tensor));
      assertEquals(0, blocks.offset(tensor) % 4096);
      assertTrue(blocks.offset(tensor) >= end && blocks.offset(tensor) < end + 4096);
      long elements = 0;
      while (elements < spec.length()) {
        Block block = blocks.block(next++);
        assertEquals(tensor, block.tensorIndex());
        assertEquals(elements, block.first());
        assertEquals(blocks.offset(tensor) + block.byteOffset(), blocks.offset(block));
        elements += block.length();
        assertTrue(
            elements == spec.length() || spec.rowLength() == 0 || elements % spec.rowLength() == 0);
      }
      assertEquals(spec.length(), elements);
      assertEquals(spec.byteLength(), blocks.byteLength(tensor, blocks.firstBlock(tensor), next));
      end = blocks.offset(tensor) + spec.byteLength();
    }
    assertEquals(next, blocks.blockCount());
    assertEquals(end, blocks.weightFileBytes());
    assertThrows(IndexOutOfBoundsException.class, () -> blocks.block(blocks.blockCount()));
    assertThrows(IndexOutOfBoundsException.class, () -> blocks.block(-1));
  }

  @Test
  void aPlanesBlockHoldsWholeRows() {
    TensorSpec spec = new TensorSpec("w", ElementType.FLOAT32, Coding.PLANES, 300_000, 1000, 0);
    BlockTable blocks = new BlockTable(List.of(spec));
    assertEquals(262_000, blocks.block(0).length());
    assertEquals(262, blocks.block(0).rows());
    assertEquals(38, blocks.block(1).rows());
    assertEquals(4 * 262_000, blocks.block(1).byteOffset());
    assertEquals(4 * 38_000, blocks.block(1).byteLength());
    TensorSpec longRow = new TensorSpec("w", ElementType.INT8, Coding.PLANES, 65_537, 65_536, 0);
    assertEquals(65_536 * 4, longRow.blockLength());
    assertEquals(2, new BlockTable(List.of(longRow)).block(0).rows());
  }

  @Test
  void aTensorWithoutElementsHasNoBlock() {
    TensorSpec empty = new TensorSpec("e", ElementType.FLOAT32, Coding.VECTOR, 0, 0, 0);
    TensorSpec one = new TensorSpec("o", ElementType.FLOAT32, Coding.VECTOR, 1, 0, 0);
    BlockTable blocks = new BlockTable(List.of(empty, one, empty, one, empty));
    assertEquals(2, blocks.blockCount());
    assertEquals(1, blocks.block(0).tensorIndex());
    assertEquals(3, blocks.block(1).tensorIndex());
    assertEquals(4096 + 4, blocks.offset(3) + 4);
    assertEquals(0, new BlockTable(List.of()).weightFileBytes());
  }

  @Test
  void offsetsBeyondTwoGibibytesAreRight() {
    TensorSpec large = new TensorSpec("l", ElementType.FLOAT16, Coding.PLANES, 1L << 33, 4096, 0);
    BlockTable blocks = new BlockTable(List.of(large, large));
    assertEquals(1L << 34, blocks.offset(1));
    Block last = blocks.block(blocks.blockCount() - 1);
    assertEquals((1L << 35) - last.byteLength(), blocks.offset(last));
  }

  @Test
  void moreBlocksThanAllowedAreRefusedWithoutCountingThem() {
    TensorSpec most = new TensorSpec("m", ElementType.INT8, Coding.RAW, 1L << 40, 0, 0);
    new BlockTable(List.of(most, most));
    List<TensorSpec> many = Collections.nCopies(Manifest.MAX_TENSORS, most);
    assertEquals(
        Reason.LIMIT, assertThrows(ElasticException.class, () -> new BlockTable(many)).reason());
  }
}
