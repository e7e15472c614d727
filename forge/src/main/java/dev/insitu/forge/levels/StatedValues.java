package dev.insitu.forge.levels;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.TensorSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tensors are to say in the groups of a package, beside their reference. */
public final class StatedValues {

  private final int levels;
  private final Map<Integer, float[][]> byTensor = new LinkedHashMap<>();

  /**
   * Nothing yet.
   *
   * @param levels the package's refinements R
   */
  StatedValues(int levels) {
    this.levels = levels;
  }

  /** Nothing to state. */
  public static StatedValues none() {
    return new StatedValues(0);
  }

  /** Whether no tensor states anything. */
  public boolean isEmpty() {
    return byTensor.isEmpty();
  }

  /**
   * States a tensor's values in a group, after all lower groups.
   *
   * @param held what a device has there from lower groups, or the reference
   */
  void state(int tensor, int group, float[] values, float[] held) {
    if (Arrays.equals(values, held)) {
      return;
    }
    float[][] groups = byTensor.get(tensor);
    if (groups == null) {
      groups = new float[levels + 1][];
      groups[0] = held;
      byTensor.put(tensor, groups);
    }
    groups[group] = values;
  }

  /** The tensor as it is coded with what it states. */
  public TensorSpec spec(int tensor, TensorSpec plain) {
    float[][] groups = byTensor.get(tensor);
    if (groups == null) {
      return plain;
    }
    int mask = 0;
    for (int group = 1; group <= levels; group++) {
      mask |= groups[group] == null ? 0 : 1 << group - 1;
    }
    return new TensorSpec(plain.name(), plain.type(), Coding.STATED, plain.length(), 0, 0, mask);
  }

  /** The tensors as they are coded with what they state. */
  public List<TensorSpec> specs(List<TensorSpec> plain) {
    TensorSpec[] specs = plain.toArray(new TensorSpec[0]);
    byTensor.keySet().forEach(tensor -> specs[tensor] = spec(tensor, specs[tensor]));
    return List.of(specs);
  }

  /**
   * What a run of a stating tensor's elements is in each group.
   *
   * @return {@code float[group][element]}, null for groups in which it states nothing
   */
  public float[] @Nullable [] slice(int tensor, long first, int length) {
    float[][] groups = byTensor.get(tensor);
    if (groups == null) {
      throw new IllegalArgumentException("Tensor " + tensor + " states nothing");
    }
    float[][] slice = new float[groups.length][];
    for (int group = 0; group < groups.length; group++) {
      if (groups[group] != null) {
        slice[group] = Arrays.copyOfRange(groups[group], (int) first, (int) first + length);
      }
    }
    return slice;
  }
}
