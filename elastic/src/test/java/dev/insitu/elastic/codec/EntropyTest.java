package dev.insitu.elastic.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Sizes of all plane groups against the order-0 entropy of the codes, and of the whole. */
class EntropyTest {

  private static final int LEVELS = 6;
  private static final double MOST_OVER_ENTROPY = 1.01;
  private static final double MOST_OF_FLOAT32 = 0.86;

  @Test
  void gaussianWeightsTakeTheirEntropy() {
    Random random = new Random(15);
    requireSizes(drawn(random::nextGaussian));
  }

  @Test
  void laplacianWeightsTakeTheirEntropy() {
    Random random = new Random(16);
    requireSizes(drawn(() -> Math.log(random.nextDouble()) * (random.nextBoolean() ? 1 : -1)));
  }

  @Test
  void heavyTailsTakeTheirEntropy() {
    Random random = new Random(17);
    requireSizes(
        drawn(() -> {
          double squares = 0;
          for (int i = 0; i < 3; i++) {
            squares += Math.pow(random.nextGaussian(), 2);
          }
          return random.nextGaussian() / Math.sqrt(squares / 3);
        }));
  }

  @Test
  void aTrainedNetTakesItsEntropy() {
    List<Sample> tensors = RealWeights.resnet20(LEVELS);
    Assumptions.assumeFalse(tensors.isEmpty(), "The folder shared/data is not there");
    requireSizes(tensors);
  }

  private static List<Sample> drawn(DoubleSupplier weight) {
    float[] weights = new float[1 << 19];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (0.02 * weight.getAsDouble());
    }
    return List.of(Sample.floats(ElementType.FLOAT32, 1024, LEVELS, weights));
  }

  private static void requireSizes(List<Sample> tensors) {
    List<BlockCodes> codes = new ArrayList<>();
    for (Sample tensor : tensors) {
      tensor.blocks(codes.size()).forEach(block -> codes.add(tensor.encode(block, 64)));
    }
    ChunkEncoder encoder = new ChunkEncoder(LEVELS, 3);
    List<BlockState> states = codes.stream().map(c -> new BlockState(c.block(), LEVELS)).toList();
    long bytes = 0;
    double estimatedBits = 0;
    for (int group = 0; group <= LEVELS; group++) {
      byte[] chunk = encoder.encode(group, codes);
      ChunkDecoder.decode(group, LEVELS, states, ByteBuffer.wrap(chunk));
      bytes += chunk.length;
      for (BlockCodes block : codes) {
        estimatedBits += block.estimatedBits(group, LEVELS);
      }
    }
    double entropy = entropyBits(codes);
    assertTrue(8 * bytes <= MOST_OVER_ENTROPY * entropy, 8 * bytes / entropy + " of the entropy");
    assertTrue(Math.abs(estimatedBits / (8 * bytes) - 1) < 0.02, "estimate " + estimatedBits / 8);
    long elements = codes.stream().mapToLong(c -> c.block().length()).sum();
    bytes += encoder.encode(LEVELS + 1, codes).length;
    double share = bytes / (4.0 * elements);
    assertTrue(share < MOST_OF_FLOAT32, share + " of float32");
  }

  private static double entropyBits(List<BlockCodes> blocks) {
    Map<Integer, Integer> counts = new HashMap<>();
    long elements = 0;
    for (BlockCodes block : blocks) {
      BitPlanes planes = block.planes().planes();
      CodeTile tile = new CodeTile(planes.length());
      for (int first = 0; first < planes.length(); first += tile.length()) {
        tile.load(planes, block.planeCount(), planes.signs(), first);
        for (int i = 0; i < tile.count(); i++) {
          int magnitude = tile.codes[i] & tile.mask();
          counts.merge(magnitude == tile.codes[i] ? magnitude : -magnitude, 1, Integer::sum);
        }
      }
      elements += planes.length();
    }
    double bits = 0;
    for (int count : counts.values()) {
      bits -= count * Math.log((double) count / elements) / Math.log(2);
    }
    return bits;
  }

  @Test
  void sparseBitsTakeTheirEntropy() {
    Random random = new Random(18);
    for (double density : new double[] {0.003, 0.01, 0.03, 0.06, 0.12}) {
      byte[] bits = new byte[32_768];
      int ones = 0;
      for (int i = 0; i < 8 * bits.length; i++) {
        if (random.nextDouble() < density) {
          bits[i >> 3] |= (byte) (1 << (i & 7));
          ones++;
        }
      }
      try (StreamWriter writer = new StreamWriter(3, EntropyCoding.SHORTEST)) {
        writer.add(StreamWriter.Kind.BITS, bits);
        byte[] chunk = writer.toBytes();
        double entropy = Packed.entropy(ones, 8L * bits.length) / 8;
        assertTrue(chunk.length < 1.02 * entropy + 120, density + ": " + chunk.length / entropy);
        try (StreamReader reader = new StreamReader(ByteBuffer.wrap(chunk))) {
          byte[] read = new byte[bits.length];
          reader.next(bits.length).get(read);
          assertArrayEquals(bits, read);
        }
      }
    }
  }
}
