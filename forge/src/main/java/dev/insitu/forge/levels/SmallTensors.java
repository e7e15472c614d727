package dev.insitu.forge.levels;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Values of the sites' tensors, by their number in the package. */
final class SmallTensors {

  private final Map<Integer, float[]> values = new LinkedHashMap<>();

  /** Values as they can be stated: with the upper half of a float's bits, the nearest. */
  static float[] stated(double[] values) {
    float[] stated = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits((float) values[i]);
      stated[i] = Float.intBitsToFloat(bits + 0x8000 & 0xffff0000);
    }
    return stated;
  }

  /** The same values as they can be stated. */
  SmallTensors stated() {
    SmallTensors rounded = new SmallTensors();
    tensors().forEach(tensor -> rounded.put(tensor, stated(wide(tensor))));
    return rounded;
  }

  /** A tensor's values as doubles. */
  double[] wide(int tensor) {
    float[] some = of(tensor);
    double[] wide = new double[some.length];
    Arrays.setAll(wide, i -> some[i]);
    return wide;
  }

  void put(int tensor, float[] some) {
    values.put(tensor, some);
  }

  /** A tensor's values; not to be written to. */
  float[] of(int tensor) {
    float[] found = values.get(tensor);
    if (found == null) {
      throw new IllegalStateException("Tensor " + tensor + " is at no site");
    }
    return found;
  }

  Set<Integer> tensors() {
    return values.keySet();
  }

  /** How many numbers differ. */
  long differences(SmallTensors other) {
    long count = 0;
    for (int tensor : tensors()) {
      float[] mine = of(tensor);
      float[] theirs = other.of(tensor);
      for (int i = 0; i < mine.length; i++) {
        count += mine[i] == theirs[i] ? 0 : 1;
      }
    }
    return count;
  }
}
