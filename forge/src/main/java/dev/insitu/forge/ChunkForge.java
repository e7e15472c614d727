package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The second pass over the weights: codes every block and joins the groups of blocks into chunks.
 * Memory: the open chunks.
 */
final class ChunkForge {

  private static final int ZSTD_LEVEL = 3;

  private final List<GroupAssembler> groups = new ArrayList<>();
  private final BlockTable blocks;
  private final Sensitivity sensitivity;
  private final int levels;

  /**
   * @param blocks of all tensors
   * @param sensitivity of all tensors
   * @param levels the package's refinements
   * @param spool where chunks go
   */
  ChunkForge(BlockTable blocks, Sensitivity sensitivity, int levels, ChunkSpool spool) {
    this.blocks = blocks;
    this.sensitivity = sensitivity;
    this.levels = levels;
    ChunkEncoder encoder = new ChunkEncoder(levels, ZSTD_LEVEL);
    for (int group = 0; group <= levels + 1; group++) {
      groups.add(new GroupAssembler(group, levels, encoder, spool));
    }
  }

  /**
   * Codes a tensor. Tensors must come in order.
   *
   * @param index of the tensor
   */
  void add(int index, TensorScan.Scanned tensor, Weight weight) throws IOException {
    int usualStep = StepChooser.usual(tensor.stats(), sensitivity.relativeStep(index));
    for (int b = blocks.firstBlock(index); b < blocks.firstBlock(index + 1); b++) {
      BlockCodes codes = encode(blocks.block(b), weight, tensor.stats(), usualStep);
      addToGroups(codes, tensor.spec(), sensitivity.perSquaredError(index));
    }
  }

  private static BlockCodes encode(Block block, Weight weight, TensorStats stats, int usualStep) {
    // kept with the codes until the block's last chunk is written
    ByteBuffer values = ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    weight.read(block.byteOffset(), values);
    values.flip();
    if (block.tensor().floatPlanes()) {
      short[] steps = StepChooser.forRows(block, values, usualStep, stats.largest());
      return BlockCodes.encode(block, values, steps, 0, null);
    }
    int zeroPoint = block.tensor().coding() == Coding.PLANES ? stats.zeroPoint() : 0;
    return BlockCodes.encode(block, values, null, zeroPoint, null);
  }

  private void addToGroups(BlockCodes codes, TensorSpec spec, double perSquaredError)
      throws IOException {
    double[] removed = ErrorRemoved.byGroup(spec, codes, levels);
    for (int group = 0; group <= levels + 1; group++) {
      if (spec.hasContent(group, levels)) {
        groups.get(group).add(codes, perSquaredError * removed[group]);
      }
    }
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
