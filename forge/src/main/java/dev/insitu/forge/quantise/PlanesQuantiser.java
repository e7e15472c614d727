package dev.insitu.forge.quantise;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.ChunkDecoder;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.elastic.codec.Steps;
import dev.insitu.forge.PlaneSteps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The package's own code, cut after some bit planes: what the other quantisers are compared with.
 * The size is that of the chunks, their headers included, and the weights are those that a device
 * rebuilds.
 *
 * @param planes that have arrived after the base, 0 to {@link #LEVELS}
 * @param relativeStep the finest step relative to the root mean square of the weights
 * @param step the finest step itself; 0 lets it follow from the weights
 */
public record PlanesQuantiser(int planes, double relativeStep, float step) implements Quantiser {

  /** Planes after the base in a package. */
  public static final int LEVELS = 6;

  /** The finest step in a package, relative to a tensor's spread. */
  public static final double USUAL_STEP = PlaneSteps.FINEST;

  private static final int SHORTEST_ROW = 32;
  private static final int ZSTD_LEVEL = 19;

  public PlanesQuantiser {
    if (planes < 0 || planes > LEVELS || !(relativeStep > 0) || !(step >= 0)) {
      throw new IllegalArgumentException(
          planes + " of " + LEVELS + " planes, step " + relativeStep + " or " + step);
    }
  }

  /** As a package cuts off. */
  public static PlanesQuantiser of(int planes) {
    return new PlanesQuantiser(planes, USUAL_STEP, 0);
  }

  @Override
  public String name() {
    return "planes, base and " + planes;
  }

  @Override
  public Quantised quantise(Weights weights) {
    int usual = Steps.nearest(step > 0 ? step : usualStep(weights.values()));
    ByteBuffer values =
        ByteBuffer.allocate(weights.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.asFloatBuffer().put(weights.values());
    BlockTable blocks = new BlockTable(List.of(spec(weights)));
    ByteBuffer rebuilt = ByteBuffer.allocate(values.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    long bytes = 0;
    for (int b = 0; b < blocks.blockCount(); b++) {
      Block block = blocks.block(b);
      int from = (int) block.byteOffset();
      ByteBuffer slice = values.slice(from, block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
      BlockCodes codes = BlockCodes.encode(block, slice, steps(block, slice, usual), 0, null);
      bytes += transfer(codes, rebuilt, from);
    }
    float[] result = new float[weights.values().length];
    rebuilt.asFloatBuffer().get(result);
    float finest = Steps.value(usual);
    int[] nearest = new int[result.length];
    for (int i = 0; i < result.length; i++) {
      nearest[i] = (int) (result[i] / finest); // towards 0, as planes cut
    }
    return new Quantised(nearest, new float[] {finest}, result, 8 * bytes);
  }

  /** Encodes a block and decodes it as a device does; bytes of its chunks. */
  private long transfer(BlockCodes codes, ByteBuffer rebuilt, int offset) {
    ChunkEncoder encoder = new ChunkEncoder(LEVELS, ZSTD_LEVEL);
    BlockState state = new BlockState(codes.block(), LEVELS);
    long bytes = 0;
    for (int group = 0; group <= planes; group++) {
      byte[] chunk = encoder.encode(group, List.of(codes));
      ChunkDecoder.decode(group, LEVELS, List.of(state), ByteBuffer.wrap(chunk));
      bytes += chunk.length;
    }
    state.rebuild(rebuilt, offset);
    return bytes;
  }

  private static TensorSpec spec(Weights weights) {
    int row = Math.min(TensorSpec.MAX_ROW, weights.channelLength());
    int together = (SHORTEST_ROW + row - 1) / row;
    int length = Math.min(TensorSpec.MAX_ROW, row * together);
    return new TensorSpec(
        "weights", ElementType.FLOAT32, Coding.PLANES, weights.values().length, length, LEVELS);
  }

  private float usualStep(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    double usual = relativeStep * Math.sqrt(squares / values.length);
    return usual > 0 ? (float) usual : 1;
  }

  /** The usual step for every row, a larger one where its largest weight needs that. */
  private static short[] steps(Block block, ByteBuffer values, int usual) {
    short[] steps = new short[block.rows()];
    Arrays.fill(steps, (short) usual);
    int rowLength = block.tensor().rowLength();
    float[] largest = new float[steps.length];
    for (int i = 0; i < block.length(); i++) {
      float magnitude = Math.abs(values.getFloat(i * Float.BYTES));
      largest[i / rowLength] = Math.max(largest[i / rowLength], magnitude);
    }
    for (int row = 0; row < steps.length; row++) {
      steps[row] = (short) Steps.fit(usual, largest[row]);
    }
    return steps;
  }
}
