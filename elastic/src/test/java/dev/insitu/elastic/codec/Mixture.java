package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Blocks of tensors of every coding and type, quantised. */
final class Mixture {

  static final int LEVELS = 8;

  private final List<BlockCodes> codes = new ArrayList<>();
  private final List<Sample> owners = new ArrayList<>();

  /** Small tensors of awkward sizes. */
  static Mixture small(Random random) {
    Mixture mixture = new Mixture();
    int[][] shapes = {{1, 1, 0}, {64, 9, 8}, {999, 7, 3}, {4100, 4099, 5}, {130, 130, 1}};
    for (ElementType type :
        List.of(ElementType.FLOAT32, ElementType.FLOAT16, ElementType.BFLOAT16)) {
      for (int[] shape : shapes) {
        float[] weights = strange(random, shape[0]);
        mixture.add(Sample.floats(type, shape[1], shape[2], weights));
      }
    }
    mixture.add(Sample.vector(strange(random, 77)));
    for (ElementType type : List.of(ElementType.INT8, ElementType.UINT8)) {
      byte[] weights = new byte[5000];
      random.nextBytes(weights);
      mixture.add(Sample.ints(type, 50, 6, weights));
      mixture.add(Sample.ints(type, 50, 0, new byte[64]));
    }
    mixture.add(Sample.floats(ElementType.FLOAT32, 5, 4, new float[70]));
    for (ElementType type :
        List.of(ElementType.INT64, ElementType.COMPLEX128, ElementType.FLOAT16, ElementType.BOOL)) {
      byte[] bytes = new byte[1003];
      random.nextBytes(bytes);
      mixture.add(Sample.raw(type, bytes));
    }
    mixture.add(Sample.vector(strange(random, 3000)));
    for (ElementType type :
        List.of(ElementType.FLOAT32, ElementType.FLOAT16, ElementType.BFLOAT16)) {
      mixture.add(Sample.stated(type, random.nextInt(1 << LEVELS), strange(random, 333)));
    }
    return mixture;
  }

  /** Gaussian weights with zeros of both signs, subnormals, repetitions and outliers. */
  static float[] strange(Random random, int length) {
    float[] weights = Sample.gaussian(random, length, Math.exp(3 * random.nextGaussian()));
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(20)) {
        case 0 -> weights[i] = 0f;
        case 1 -> weights[i] = -0f;
        case 2 -> weights[i] = Float.intBitsToFloat(random.nextInt(1 << 23));
        case 3 -> weights[i] *= 30;
        case 4 -> weights[i] = i > 0 ? -weights[i - 1] : 1;
        default -> {}
      }
    }
    return weights;
  }

  Mixture add(Sample sample) {
    for (Block block : sample.blocks(codes.size())) {
      codes.add(sample.encode(block));
      owners.add(sample);
    }
    return this;
  }

  List<BlockCodes> codes() {
    return codes;
  }

  /** Blocks with content in a group. */
  List<BlockCodes> in(int group) {
    return codes.stream().filter(c -> c.block().tensor().hasContent(group, LEVELS)).toList();
  }

  List<BlockState> states() {
    return codes.stream().map(c -> new BlockState(c.block(), LEVELS)).toList();
  }

  Sample owner(Block block) {
    return owners.get(block.index());
  }

  byte[] reference(Block block) {
    return owners.get(block.index()).referenceBytes(block);
  }

  static List<BlockState> of(List<BlockCodes> codes, List<BlockState> states) {
    return codes.stream().map(c -> states.get(c.block().index())).toList();
  }

  static byte[] encode(int group, List<BlockCodes> codes) {
    return new ChunkEncoder(LEVELS, 3).encode(group, codes);
  }
}
