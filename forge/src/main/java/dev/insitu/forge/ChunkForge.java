package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.elastic.codec.EntropyCoding;
import dev.insitu.elastic.codec.Steps;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;

/**
 * The second pass over the weights: codes every block and joins the groups of blocks into chunks.
 * Memory: the open chunks.
 */
final class ChunkForge {

  private static final int ZSTD_LEVEL = 3;
  private static final int LARGEST_BLOCK = 1 << 20; // bytes of values

  private final List<GroupAssembler> groups = new ArrayList<>();
  private final Queue<ByteBuffer> free = new ArrayDeque<>();
  private final BlockTable blocks;
  private final Sensitivity sensitivity;
  private final int levels;
  private final Form form;

  /**
   * @param blocks of all tensors
   * @param sensitivity of all tensors
   * @param levels the package's refinements
   * @param form of the codes
   * @param coding which streams of chunks are entropy coded
   * @param spool where chunks go
   */
  ChunkForge(
      BlockTable blocks,
      Sensitivity sensitivity,
      int levels,
      Form form,
      EntropyCoding coding,
      ChunkSpool spool) {
    this.blocks = blocks;
    this.sensitivity = sensitivity;
    this.levels = levels;
    this.form = form;
    ChunkEncoder encoder = new ChunkEncoder(levels, ZSTD_LEVEL, coding);
    for (int group = 0; group <= levels + 1; group++) {
      groups.add(new GroupAssembler(group, levels, encoder, spool));
    }
  }

  /**
   * Codes a tensor. Tensors must come in order.
   *
   * @param index of the tensor
   * @param step its finest step; empty for the usual one
   */
  void add(int index, TensorScan.Scanned tensor, Weight weight, Optional<Float> step)
      throws IOException {
    int usualStep =
        step.map(Steps::nearest)
            .orElseGet(() -> StepChooser.usual(tensor.stats(), sensitivity.relativeStep(index)));
    for (int b = blocks.firstBlock(index); b < blocks.firstBlock(index + 1); b++) {
      Block block = blocks.block(b);
      ByteBuffer values = buffer(block);
      BlockCodes codes = encode(block, weight, tensor.stats(), usualStep, values);
      addToGroups(codes, tensor.spec(), sensitivity.perSquaredError(index), values);
    }
  }

  private BlockCodes encode(
      Block block, Weight weight, TensorStats stats, int usualStep, ByteBuffer values) {
    weight.read(block.byteOffset(), values);
    values.flip();
    if (block.tensor().floatPlanes()) {
      short[] steps = StepChooser.forRows(block, values, usualStep, stats.largest());
      return form.keepsPower()
          ? BlockCodes.keepingPower(block, values, steps)
          : BlockCodes.encode(block, values, steps, 0, null);
    }
    if (block.tensor().coding() == Coding.STATED) {
      return BlockCodes.stated(
          block, values, form.stated().slice(block.tensorIndex(), block.first(), block.length()));
    }
    int zeroPoint = block.tensor().coding() == Coding.PLANES ? stats.zeroPoint() : 0;
    return BlockCodes.encode(block, values, null, zeroPoint, null);
  }

  private void addToGroups(BlockCodes codes, TensorSpec spec, double weight, ByteBuffer values)
      throws IOException {
    int[] with =
        IntStream.rangeClosed(0, levels + 1).filter(g -> spec.hasContent(g, levels)).toArray();
    Runnable afterwards = isLarge(codes.block()) ? () -> free.add(values) : () -> {};
    CodedBlock coded = new CodedBlock(codes, with.length, afterwards);
    double[] removed = ErrorRemoved.byGroup(spec, codes, levels);
    for (int group : with) {
      groups.get(group).add(coded, weight * removed[group]);
    }
  }

  /** Room for a block's values; that for large blocks is used again and again. */
  private ByteBuffer buffer(Block block) {
    ByteBuffer values = isLarge(block) ? free.poll() : ByteBuffer.allocate(block.byteLength());
    if (values == null) {
      values = ByteBuffer.allocateDirect(LARGEST_BLOCK);
    }
    return values.clear().limit(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static boolean isLarge(Block block) {
    return block.byteLength() >= LARGEST_BLOCK / 4;
  }

  /** Ends all open chunks and gives all of them, group after group, each in block order. */
  List<ChunkSpec> finish() throws IOException {
    List<ChunkSpec> chunks = new ArrayList<>();
    for (GroupAssembler group : groups) {
      group.finish();
      chunks.addAll(group.chunks());
    }
    return chunks;
  }
}
