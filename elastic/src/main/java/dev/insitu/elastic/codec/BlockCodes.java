package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One block quantised: what {@link ChunkEncoder} writes chunks from.
 *
 * <p>Holds a view of the reference values, which must not change, and (P + 1) / 8 bytes per element
 * of a PLANES block. Safe for use by several threads.
 */
public final class BlockCodes {

  private final Block block;
  private final ByteBuffer reference;
  private final @Nullable PlaneCodes planes;

  private BlockCodes(Block block, ByteBuffer reference, @Nullable PlaneCodes planes) {
    this.block = block;
    this.reference = reference;
    this.planes = planes;
  }

  /**
   * Quantises a block.
   *
   * @param block the block
   * @param reference the block's values, little-endian in the tensor's type, from the position on;
   *     kept
   * @param stepCodes float PLANES: a step code for each row that {@link Steps#fit fits} it; else
   *     null
   * @param zeroPoint integer PLANES: the weight that has code 0; else 0
   * @param rhos PLANES: for each level 0..s the sixteenths of a bin at which values are rebuilt, or
   *     null for the centroids of the block
   * @throws IllegalArgumentException if the arguments do not fit the block, or a code reaches 2^15
   */
  public static BlockCodes encode(
      Block block,
      ByteBuffer reference,
      short @Nullable [] stepCodes,
      int zeroPoint,
      byte @Nullable [] rhos) {
    ByteBuffer values = Values.slice(reference, reference.position(), block.byteLength());
    if (block.tensor().coding() != Coding.PLANES) {
      return new BlockCodes(block, values, null);
    }
    PlaneQuantizer quantizer = new PlaneQuantizer(block, values, rhos);
    PlaneCodes planes =
        block.tensor().type().floating()
            ? quantizer.floats(required(stepCodes, block))
            : quantizer.ints(zeroPoint);
    return new BlockCodes(block, values, planes);
  }

  private static short[] required(short @Nullable [] stepCodes, Block block) {
    if (stepCodes == null || stepCodes.length != block.rows()) {
      throw new IllegalArgumentException(
          "Block " + block.index() + " needs " + block.rows() + " step codes");
    }
    return stepCodes;
  }

  /** The block. */
  public Block block() {
    return block;
  }

  /** P, the number of magnitude planes; 0 for blocks without planes. */
  public int planeCount() {
    return planes == null ? 0 : planes.head().planeCount();
  }

  /**
   * Squared errors of all levels in one pass, over the elements the sum of weight * (value -
   * rebuilt value)^2.
   *
   * @param rowWeights float PLANES: a weight for each row, or null for 1
   * @return [level]: entry l is the error with l planes missing, l = 0..s, and the last entry, s +
   *     1, that with nothing received, where every weight is 0. Float32 vectors have two entries:
   *     upper halves, nothing. RAW blocks have two zeros.
   */
  public double[] squaredErrors(float @Nullable [] rowWeights) {
    return new SquaredErrors(this).compute(rowWeights);
  }

  /**
   * The bits that the block adds in a group, estimated from how many bits of each plane are set.
   *
   * @param levels the package's refinements R
   */
  public double estimatedBits(int group, int levels) {
    return SizeEstimate.bits(this, group, levels);
  }

  ByteBuffer reference() {
    return reference;
  }

  /** The codes of a PLANES block. */
  PlaneCodes planes() {
    if (planes == null) {
      throw new IllegalStateException("Block " + block.index() + " has no planes");
    }
    return planes;
  }

  boolean isPlanes() {
    return planes != null;
  }

  boolean isFloat32Planes() {
    return isPlanes() && block.tensor().type() == ElementType.FLOAT32;
  }
}
