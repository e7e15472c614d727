package dev.insitu.forge.quantise;

/**
 * Rounds to the nearest of equal steps, symmetric around 0; the largest magnitude has the largest
 * code.
 *
 * @param bits of a code, 2 to 16
 * @param perChannel whether every output channel has a scale of its own
 */
public record UniformQuantiser(int bits, boolean perChannel) implements Quantiser {

  public UniformQuantiser {
    if (bits < 2 || bits > 16) {
      throw new IllegalArgumentException("2 to 16 bits, not " + bits);
    }
  }

  @Override
  public String name() {
    return "uniform per " + (perChannel ? "channel, " : "tensor, ") + bits + " bits";
  }

  @Override
  public Quantised quantise(Weights weights) {
    int rows = perChannel ? weights.channels() : 1;
    int length = weights.values().length / rows;
    int most = (1 << (bits - 1)) - 1;
    float[] scales = new float[rows];
    int[] codes = new int[weights.values().length];
    float[] rebuilt = new float[codes.length];
    for (int row = 0; row < rows; row++) {
      float largest = 0;
      for (int i = row * length; i < (row + 1) * length; i++) {
        largest = Math.max(largest, Math.abs(weights.values()[i]));
      }
      float scale = largest / most >= Float.MIN_NORMAL ? largest / most : 1;
      scales[row] = scale;
      for (int i = row * length; i < (row + 1) * length; i++) {
        int code = (int) Math.clamp(Math.rint(weights.values()[i] / (double) scale), -most, most);
        codes[i] = code + most;
        rebuilt[i] = code * scale;
      }
    }
    long size = PackedSize.bits(codes, bits) + (long) Float.SIZE * rows;
    return new Quantised(codes, scales, rebuilt, size);
  }
}
