package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Squared errors of a block at every level. */
final class SquaredErrors {

  private final BlockCodes codes;
  private final Block block;

  SquaredErrors(BlockCodes codes) {
    this.codes = codes;
    block = codes.block();
  }

  double[] compute(float @Nullable [] rowWeights) {
    if (!codes.isPlanes()) {
      return block.tensor().coding() == Coding.VECTOR ? vector() : new double[2];
    }
    return block.tensor().type().floating() ? floats(codes.planes(), rowWeights) : integers();
  }

  private double[] vector() {
    double[] errors = new double[2];
    ByteBuffer values = Values.view(codes.reference());
    while (values.hasRemaining()) {
      int bits = values.getInt();
      float value = Float.intBitsToFloat(bits);
      double error = value - Float.intBitsToFloat(VectorContent.upper(bits) << 16);
      errors[0] += error * error;
      errors[1] += (double) value * value;
    }
    return errors;
  }

  private double[] floats(PlaneCodes planes, float @Nullable [] rowWeights) {
    PlaneHead head = planes.head();
    double[] inSteps = planes.squaredErrors();
    if (rowWeights == null && inSteps != null) {
      double square = (double) head.steps().of(0) * head.steps().of(0);
      return Arrays.stream(inSteps).map(error -> error * square).toArray();
    }
    float[][] tables = tables(head);
    CodeTile tile = new CodeTile(block.length());
    RowSteps sixteenths = head.steps().times(1f / 16);
    RowSteps weights = new RowSteps(block.tensor().rowLength(), orOnes(rowWeights));
    float[] values = new float[tile.length()];
    float[] factors = new float[tile.length()];
    float[] perElement = new float[tile.length()];
    double[] errors = new double[tables.length];
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(planes.planes(), head.planeCount(), planes.planes().signs(), first);
      int count = tile.count();
      Values.readFloats(block.tensor().type(), codes.reference(), first, count, values);
      sixteenths.fill(first, count, factors);
      weights.fill(first, count, perElement);
      for (int level = 0; level < errors.length; level++) {
        errors[level] += sum(tile, tables[level], values, factors, perElement);
      }
    }
    return errors;
  }

  /** For each level the values of codes; for the level above all others zeros. */
  private static float[][] tables(PlaneHead head) {
    float[][] tables = new float[head.levels() + 1][];
    for (int level = 0; level < tables.length - 1; level++) {
      tables[level] = Rebuild.sixteenths(head.planeCount(), level, head.rho(level));
    }
    tables[tables.length - 1] = new float[2 << head.planeCount()];
    return tables;
  }

  private float[] orOnes(float @Nullable [] rowWeights) {
    if (rowWeights == null) {
      float[] ones = new float[block.rows()];
      Arrays.fill(ones, 1);
      return ones;
    }
    if (rowWeights.length != block.rows()) {
      throw new IllegalArgumentException(
          "Block " + block.index() + " needs " + block.rows() + " row weights");
    }
    return rowWeights;
  }

  /** Two sums at once, so that an addition need not wait for the one before. */
  private static double sum(
      CodeTile tile, float[] table, float[] values, float[] factors, float[] weights) {
    char[] codes = tile.codes;
    int count = tile.count();
    double even = 0;
    double odd = 0;
    for (int i = 0; i + 1 < count; i += 2) {
      double a = values[i] - table[codes[i]] * factors[i];
      double b = values[i + 1] - table[codes[i + 1]] * factors[i + 1];
      even += a * a * weights[i];
      odd += b * b * weights[i + 1];
    }
    if ((count & 1) != 0) {
      double a = values[count - 1] - table[codes[count - 1]] * factors[count - 1];
      even += a * a * weights[count - 1];
    }
    return even + odd;
  }

  private double[] integers() {
    PlaneCodes planes = codes.planes();
    PlaneHead head = planes.head();
    int[] counts = new int[1 << head.planeCount()];
    CodeTile tile = new CodeTile(block.length());
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(planes.planes(), head.planeCount(), new long[planes.planes().words()], first);
      for (int i = 0; i < tile.count(); i++) {
        counts[tile.codes[i]]++;
      }
    }
    double[] errors = new double[head.levels() + 1];
    for (int code = 0; code < counts.length; code++) {
      for (int level = 0; level < errors.length - 1; level++) {
        int kept = code >> level << level;
        double error = code - kept - (kept == 0 ? 0 : head.rho(level) << level >> 4);
        errors[level] += counts[code] * error * error;
      }
      errors[errors.length - 1] += (double) counts[code] * code * code;
    }
    return errors;
  }
}
