package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The second pass over the weights: codes every block and joins the groups of blocks into chunks. Memory: the open chunks. */
final class ChunkForge {

  private static final int ZSTD_LEVEL = 3;

  private final List<GroupAssembler> groups = new ArrayList<>();
  private final int levels;

  ChunkForge(int levels, ChunkSpool spool) {
    this.levels = levels;
    ChunkEncoder encoder = new ChunkEncoder(levels, ZSTD_LEVEL);
    for (int group = 0; group <= levels + 1; group++) {
      groups.add(new GroupAssembler(group, levels, encoder, spool));
    }
  }

  /**
   * Codes a tensor.
   *
   * @param index of the tensor
   * @param relativeStep multiplies the usual step
   * @param sensitivity output error per squared weight error
   */
  void add(int index, TensorScan.Scanned tensor, Weight weight, BlockTable blocks, double relativeStep, double sensitivity)
      throws IOException {
    TensorSpec spec = tensor.spec();
    short[] steps = spec.floatPlanes() ? StepChooser.choose(tensor.stats(), relativeStep) : new short[0];
    for (int b = blocks.firstBlock(index); b < blocks.firstBlock(index + 1); b++) {
      Block block = blocks.block(b);
      BlockCodes codes = encode(block, weight, tensor.stats(), steps);
      addToGroups(codes, spec, sensitivity);
    }
  }

  private BlockCodes encode(Block block, Weight weight, TensorStats stats, short[] steps) throws IOException {
    // kept with the codes until the block's last chunk is written
    ByteBuffer values = ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    weight.read(block.byteOffset(), values);
    values.flip();
    if (block.tensor().coding() != Coding.PLANES) {
      return BlockCodes.encode(block, values, null, 0, null);
    }
    if (!block.tensor().type().floating()) {
      int zeroPoint = block.tensor().type() == ElementType.UINT8 ? stats.mode() : 0;
      return BlockCodes.encode(block, values, null, zeroPoint, null);
    }
    int firstRow = (int) (block.first() / block.tensor().rowLength());
    return BlockCodes.encode(block, values, Arrays.copyOfRange(steps, firstRow, firstRow + block.rows()), 0, null);
  }

  private void addToGroups(BlockCodes codes, TensorSpec spec, double sensitivity) throws IOException {
    double[] errors = codes.squaredErrors(null); // by level, the last without any plane
    for (int group = 0; group <= levels + 1; group++) {
      if (spec.hasContent(group, levels)) {
        groups.get(group).add(codes, sensitivity * errorRemoved(spec, errors, group));
      }
    }
  }

  private double errorRemoved(TensorSpec spec, double[] errors, int group) {
    if (spec.coding() != Coding.PLANES) {
      return 0; // bytes and scales stand in the base, which always comes first
    }
    int after = Math.min(spec.refinements(), levels - group);
    if (group == 0) {
      return errors[spec.refinements() + 1] - errors[spec.refinements()];
    }
    return group == levels + 1 ? errors[0] : errors[after + 1] - errors[after];
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
