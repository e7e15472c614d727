package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChannelAxis;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.JoinedTensor;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.Weave;
import dev.insitu.elastic.WeightLayout;
import dev.insitu.elastic.WidthForm;
import dev.insitu.elastic.WidthParts;
import dev.insitu.elastic.WidthTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts written block by block in any order, against the joined tensor's bytes picked by hand. */
class WovenRowsTest {

  private static final long START = 5000;

  @TempDir Path folder;

  private static ChannelAxis axis(int size, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(order, random);
    int[] widths = IntStream.range(0, size).map(i -> random.nextInt(3)).toArray();
    widths[random.nextInt(size)] = 0;
    return new ChannelAxis(order.stream().mapToInt(i -> i).toArray(), widths);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void blocksOfPartsGiveTheJoinedTensorAndComeBack(long seed) throws IOException {
    Random random = new Random(seed);
    int columns =
        seed % 4 == 0 ? 700 : 1 + random.nextInt(12); // rows near one another or far apart
    int inner = 1 + random.nextInt(9);
    WidthTable bare = table(random, columns, List.of(), inner);
    int count = WidthParts.of(bare, bare.joined().get(0)).size();
    List<Integer> numbers = IntStream.range(0, count).boxed().toList();
    WidthTable table =
        new WidthTable(
            bare.axes(), List.of(new JoinedTensor(0, 0, 1, inner, numbers)), bare.forms());
    byte[] root = new byte[bare.axes().get(0).size() * columns * inner * 2];
    random.nextBytes(root);
    check(table, root, columns, inner, random);
  }

  private static WidthTable table(Random random, int columns, List<Integer> parts, int inner) {
    List<ChannelAxis> axes = List.of(axis(2 + random.nextInt(40), random), axis(columns, random));
    List<WidthForm> forms =
        IntStream.range(0, 2)
            .mapToObj(i -> new WidthForm(100 + i, List.of(), List.of(), ByteBuffer.allocate(0)))
            .toList();
    return new WidthTable(axes, List.of(new JoinedTensor(0, 0, 1, inner, parts)), forms);
  }

  private void check(WidthTable table, byte[] root, int columns, int inner, Random random)
      throws IOException {
    List<TensorSpec> tensors = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (WidthParts.Part part : WidthParts.of(table, table.joined().get(0))) {
      byte[] content = part(table, part.rows(), part.columns(), root, columns, inner);
      contents.add(content);
      tensors.add(
          new TensorSpec(
              "p" + tensors.size(), ElementType.FLOAT16, Coding.RAW, content.length, 0, 0));
    }
    BitSet used = new BitSet();
    used.set(0, tensors.size());
    WeightLayout layout = WeightLayout.of(tensors, table, 2, used);
    List<Block> blocks = new ArrayList<>();
    for (int t = 0; t < tensors.size(); t++) {
      int length = contents.get(t).length;
      for (int from = 0; from < length; ) {
        int next = Math.min(length, from + 2 * (1 + random.nextInt(length)));
        blocks.add(new Block(blocks.size(), t, tensors.get(t), from, next - from));
        from = next;
      }
    }
    Collections.shuffle(blocks, random);
    Path file = folder.resolve("weights.bin");
    Files.write(file, new byte[(int) START]);
    byte[] inMemory = new byte[root.length];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (Block block : blocks) {
        byte[] values = values(contents, block);
        rows(channel, layout, block, values).write();
        new WovenBlock(layout.weave(block.tensorIndex()).orElseThrow(), block, values)
            .moveTo(inMemory);
      }
      assertArrayEquals(root, inMemory);
      byte[] all = Files.readAllBytes(file);
      assertEquals(START + root.length, all.length);
      assertArrayEquals(root, java.util.Arrays.copyOfRange(all, (int) START, all.length));
      for (Block block : blocks) {
        byte[] values = new byte[block.byteLength()];
        rows(channel, layout, block, values).read();
        assertArrayEquals(values(contents, block), values);
      }
    }
  }

  private static byte[] values(List<byte[]> contents, Block block) {
    int from = (int) block.first();
    return java.util.Arrays.copyOfRange(
        contents.get(block.tensorIndex()), from, from + block.length());
  }

  private static WovenRows rows(
      FileChannel channel, WeightLayout layout, Block block, byte[] values) {
    Weave weave = layout.weave(block.tensorIndex()).orElse(null);
    if (weave == null) { // in one piece, as it happens: as if it were woven
      throw new IllegalStateException("a part is the whole");
    }
    return new WovenRows(channel, weave, START, block, values);
  }

  private static byte[] part(
      WidthTable table,
      IntPredicate rows,
      IntPredicate columns,
      byte[] root,
      int allColumns,
      int inner) {
    ByteBuffer out = ByteBuffer.allocate(root.length);
    for (int row : table.axes().get(0).indices(rows)) {
      for (int column : table.axes().get(1).indices(columns)) {
        out.put(root, 2 * inner * (row * allColumns + column), 2 * inner);
      }
    }
    byte[] part = new byte[out.position()];
    out.get(0, part);
    return part;
  }
}
