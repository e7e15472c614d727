package dev.insitu.forge.quantise;

import java.util.Arrays;
import java.util.Random;

/**
 * A codebook for groups of consecutive weights, found by k-means: with groups of one weight a
 * non-uniform scalar quantiser (Lloyd's), with larger ones a product vector quantiser (H. Jégou et
 * al., Product quantization for nearest neighbor search, 2011; P. Stock et al., And the bit goes
 * down, 2020).
 *
 * <p>Begins from centres drawn at random in proportion to their squared distance from those before
 * (k-means++), then moves centres to the means of what is nearest, at most {@link #ROUNDS} times. A
 * centre that nothing is nearest to stays. The last group is filled up with zeros. The codebook is
 * stored as float16. If there are no more different groups than entries, they are the codebook, so
 * quantising twice changes nothing. Cost: rounds x groups x entries x group.
 *
 * @param group weights that share a code, 1 to 64
 * @param bits of a code, 1 to 12
 * @param seed of the first centres
 */
public record CodebookQuantiser(int group, int bits, long seed) implements Quantiser {

  private static final int ROUNDS = 25;

  public CodebookQuantiser {
    if (group < 1 || group > 64 || bits < 1 || bits > 12) {
      throw new IllegalArgumentException(
          "Groups of 1 to 64 weights and 1 to 12 bits, not " + group + " and " + bits);
    }
  }

  @Override
  public String name() {
    return group == 1
        ? "codebook, " + bits + " bits"
        : "vectors of " + group + ", " + bits + " bits each";
  }

  @Override
  public Quantised quantise(Weights weights) {
    int count = (weights.values().length + group - 1) / group;
    float[] points = Arrays.copyOf(weights.values(), count * group);
    float[] centres = distinct(points, count);
    if (centres.length == 0) {
      centres = lloyd(points, count);
    }
    for (int i = 0; i < centres.length; i++) {
      centres[i] = Float.float16ToFloat(Float.floatToFloat16(centres[i]));
    }
    int[] codes = new int[count];
    float[] rebuilt = new float[count * group];
    for (int p = 0; p < count; p++) {
      codes[p] = nearest(points, p, centres, centres.length / group);
      System.arraycopy(centres, codes[p] * group, rebuilt, p * group, group);
    }
    long size = PackedSize.bits(codes, bits) + 16L * centres.length;
    return new Quantised(codes, centres, Arrays.copyOf(rebuilt, weights.values().length), size);
  }

  /** All different groups, if they fit the codebook; else nothing. */
  private float[] distinct(float[] points, int count) {
    float[] found = new float[Math.min(count, 1 << bits) * group];
    int size = 0;
    for (int p = 0; p < count; p++) {
      int same = 0;
      while (same < size && distance(points, p, found, same) != 0) {
        same++;
      }
      if (same == size) {
        if (size == 1 << bits) {
          return new float[0];
        }
        System.arraycopy(points, p * group, found, size * group, group);
        size++;
      }
    }
    return Arrays.copyOf(found, size * group);
  }

  private float[] lloyd(float[] points, int count) {
    float[] centres = first(points, count);
    int size = centres.length / group;
    int[] codes = new int[count];
    Arrays.fill(codes, -1);
    for (int round = 0; round < ROUNDS; round++) {
      boolean changed = false;
      for (int p = 0; p < count; p++) {
        int code = nearest(points, p, centres, size);
        changed |= code != codes[p];
        codes[p] = code;
      }
      if (!changed) {
        break;
      }
      move(points, codes, centres);
    }
    return centres;
  }

  private void move(float[] points, int[] codes, float[] centres) {
    double[] sums = new double[centres.length];
    int[] members = new int[centres.length / group];
    for (int p = 0; p < codes.length; p++) {
      members[codes[p]]++;
      for (int i = 0; i < group; i++) {
        sums[codes[p] * group + i] += points[p * group + i];
      }
    }
    for (int i = 0; i < centres.length; i++) {
      if (members[i / group] > 0) {
        centres[i] = (float) (sums[i] / members[i / group]);
      }
    }
  }

  private float[] first(float[] points, int count) {
    Random random = new Random(seed);
    float[] centres = new float[(1 << bits) * group];
    System.arraycopy(points, random.nextInt(count) * group, centres, 0, group);
    double[] distances = new double[count];
    Arrays.fill(distances, Double.MAX_VALUE);
    for (int c = 1; c < 1 << bits; c++) {
      double total = 0;
      for (int p = 0; p < count; p++) {
        distances[p] = Math.min(distances[p], distance(points, p, centres, c - 1));
        total += distances[p];
      }
      double at = random.nextDouble() * total;
      int chosen = 0;
      while (chosen < count - 1 && at >= distances[chosen]) {
        at -= distances[chosen];
        chosen++;
      }
      System.arraycopy(points, chosen * group, centres, c * group, group);
    }
    return centres;
  }

  private int nearest(float[] points, int point, float[] centres, int size) {
    int best = 0;
    double least = Double.MAX_VALUE;
    for (int c = 0; c < size; c++) {
      double found = distance(points, point, centres, c);
      if (found < least) {
        least = found;
        best = c;
      }
    }
    return best;
  }

  private double distance(float[] points, int point, float[] centres, int centre) {
    double sum = 0;
    for (int i = 0; i < group; i++) {
      double difference = (double) points[point * group + i] - centres[centre * group + i];
      sum += difference * difference;
    }
    return sum;
  }
}
