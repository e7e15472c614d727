package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
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
  private final short @Nullable [][] stated; // by group

  private BlockCodes(
      Block block, ByteBuffer reference, @Nullable PlaneCodes planes, short @Nullable [][] stated) {
    this.block = block;
    this.reference = reference;
    this.planes = planes;
    this.stated = stated;
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
      if (block.tensor().coding() == Coding.STATED) {
        throw new IllegalArgumentException("Block " + block.index() + " needs statements");
      }
      return new BlockCodes(block, values, null, null);
    }
    PlaneQuantizer quantizer = new PlaneQuantizer(block, values, rhos, false);
    PlaneCodes planes =
        block.tensor().type().floating()
            ? quantizer.floats(required(stepCodes, block))
            : quantizer.ints(zeroPoint);
    return new BlockCodes(block, values, planes, null);
  }

  /**
   * Quantises a block of float PLANES so that at every level the rebuilt values have about the
   * power of the weights, instead of being nearest to them.
   *
   * @param reference and {@code stepCodes} as for {@link #encode}
   */
  public static BlockCodes keepingPower(Block block, ByteBuffer reference, short[] stepCodes) {
    ByteBuffer values = Values.slice(reference, reference.position(), block.byteLength());
    PlaneQuantizer quantizer = new PlaneQuantizer(block, values, null, true);
    return new BlockCodes(block, values, quantizer.floats(required(stepCodes, block)), null);
  }

  /**
   * A block whose values are stated anew in groups.
   *
   * @param block of a STATED tensor
   * @param reference as for {@link #encode}
   * @param values {@code float[group][element]}: the block's values in the base and the groups that
   *     the tensor's mask names, rounded to 16 bits when stated; null for other groups
   * @throws IllegalArgumentException if the values do not fit the block
   */
  public static BlockCodes stated(Block block, ByteBuffer reference, float[] @Nullable [] values) {
    TensorSpec tensor = block.tensor();
    short[][] stated = new short[values.length][];
    for (int group = 0; group < values.length; group++) {
      float[] some = values[group];
      boolean wanted = group == 0 || (tensor.stated() >> group - 1 & 1) != 0;
      if (wanted != (some != null) || some != null && some.length != block.length()) {
        throw new IllegalArgumentException(
            "Block "
                + block.index()
                + " has other statements in group "
                + group
                + " than its mask");
      }
      stated[group] = some == null ? stated[group - 1] : halves(tensor.type(), some);
    }
    ByteBuffer exact = Values.slice(reference, reference.position(), block.byteLength());
    return new BlockCodes(block, exact, null, stated);
  }

  private static short[] halves(ElementType type, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes());
    Values.writeFloats(type, bytes, 0, values.length, values);
    return VectorContent.halves(type, Values.view(bytes));
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
   *     upper halves, nothing. RAW and STATED blocks have two zeros.
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

  /** The halves of a VECTOR or STATED block that a device has after a group. */
  short[] halves(int group) {
    return stated == null || group >= stated.length
        ? VectorContent.halves(block.tensor().type(), Values.view(reference))
        : stated[group];
  }

  boolean isStated() {
    return stated != null;
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
