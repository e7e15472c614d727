package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A tensor with its values, cut into blocks, quantised and coded as a packer would. */
final class Sample {

  private final TensorSpec tensor;
  private final byte[] values;

  Sample(TensorSpec tensor, byte[] values) {
    this.tensor = tensor;
    this.values = values;
  }

  TensorSpec tensor() {
    return tensor;
  }

  byte[] values() {
    return values;
  }

  static Sample floats(ElementType type, int rowLength, int refinements, float[] weights) {
    byte[] bytes = new byte[weights.length * type.bytes()];
    Values.writeFloats(type, ByteBuffer.wrap(bytes), 0, weights.length, weights);
    return new Sample(
        new TensorSpec("w", type, Coding.PLANES, weights.length, rowLength, refinements), bytes);
  }

  static Sample ints(ElementType type, int rowLength, int refinements, byte[] weights) {
    return new Sample(
        new TensorSpec("q", type, Coding.PLANES, weights.length, rowLength, refinements), weights);
  }

  static Sample vector(float[] weights) {
    byte[] bytes = new byte[4 * weights.length];
    Values.writeFloats(ElementType.FLOAT32, ByteBuffer.wrap(bytes), 0, weights.length, weights);
    return new Sample(
        new TensorSpec("v", ElementType.FLOAT32, Coding.VECTOR, weights.length, 0, 0), bytes);
  }

  /**
   * A tensor that states other values in the base and in some groups.
   *
   * @param mask of groups after the base
   */
  static Sample stated(ElementType type, int mask, float[] weights) {
    byte[] bytes = new byte[weights.length * type.bytes()];
    Values.writeFloats(type, ByteBuffer.wrap(bytes), 0, weights.length, weights);
    return new Sample(new TensorSpec("s", type, Coding.STATED, weights.length, 0, 0, mask), bytes);
  }

  /** What a stating block says in a group: its weights, shifted and scaled by the group. */
  float[] statement(Block block, int group) {
    float[] weights = new float[block.length()];
    Values.readFloats(tensor.type(), Values.view(reference(block)), 0, block.length(), weights);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weights[i] * (1 + 0.1f / (1 + group)) + 0.01f * (i % 5) - 0.02f;
    }
    return weights;
  }

  static Sample raw(ElementType type, byte[] bytes) {
    return new Sample(new TensorSpec("r", type, Coding.RAW, bytes.length, 0, 0), bytes);
  }

  static float[] gaussian(RandomGenerator random, int length, double sigma) {
    float[] weights = new float[length];
    for (int i = 0; i < length; i++) {
      weights[i] = (float) (sigma * random.nextGaussian());
    }
    return weights;
  }

  /** The tensor's blocks, numbered from {@code firstIndex}. */
  List<Block> blocks(int firstIndex) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < tensor.blockCount(); i++) {
      long first = (long) i * tensor.blockLength();
      int length = (int) Math.min(tensor.blockLength(), tensor.length() - first);
      blocks.add(new Block(firstIndex + i, 0, tensor, first, length));
    }
    return blocks;
  }

  ByteBuffer reference(Block block) {
    ByteBuffer all = ByteBuffer.wrap(values);
    all.position((int) block.byteOffset());
    return all;
  }

  byte[] referenceBytes(Block block) {
    byte[] bytes = new byte[block.byteLength()];
    reference(block).get(bytes);
    return bytes;
  }

  /** Quantises a block; float rows get steps of a 64th of their standard deviation. */
  BlockCodes encode(Block block) {
    return encode(block, 64);
  }

  BlockCodes encode(Block block, double stepsPerSigma) {
    if (tensor.coding() == Coding.STATED) {
      float[][] groups = new float[Mixture.LEVELS + 1][];
      for (int group = 0; group < groups.length; group++) {
        if (tensor.hasContent(group, Mixture.LEVELS)) {
          groups[group] = statement(block, group);
        }
      }
      return BlockCodes.stated(block, reference(block), groups);
    }
    int zeroPoint = tensor.type() == ElementType.UINT8 ? 128 : 0;
    short[] steps = tensor.floatPlanes() ? stepCodes(block, stepsPerSigma) : null;
    return BlockCodes.encode(block, reference(block), steps, zeroPoint, null);
  }

  short[] stepCodes(Block block, double stepsPerSigma) {
    float[] weights = new float[block.length()];
    Values.readFloats(tensor.type(), Values.view(reference(block)), 0, block.length(), weights);
    short[] codes = new short[block.rows()];
    for (int row = 0; row < codes.length; row++) {
      int begin = row * tensor.rowLength();
      int end = Math.min(begin + tensor.rowLength(), weights.length);
      double sum = 0;
      float max = 0;
      for (int i = begin; i < end; i++) {
        sum += (double) weights[i] * weights[i];
        max = Math.max(max, Math.abs(weights[i]));
      }
      float step = (float) (Math.sqrt(sum / (end - begin)) / stepsPerSigma);
      codes[row] = (short) Steps.fit(Steps.nearest(step), max);
    }
    return codes;
  }
}
