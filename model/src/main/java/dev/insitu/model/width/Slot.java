package dev.insitu.model.width;

import java.util.Objects;

/**
 * The indices of one dimension of a weight that belong to a group's channels: rows of kernels,
 * columns of the next layer's kernels, biases.
 *
 * @param weight the name of the weight, as {@link dev.insitu.model.Weight#name()}, or of a small
 *     initializer
 * @param axis the dimension
 * @param role what the dimension has to do with the channels
 * @param repeat indices for each channel: 1 for a kernel's rows, the head size for a head
 * @param positions {@code [size * repeat]}: channel c has the indices {@code c * repeat} to before
 *     {@code (c + 1) * repeat} of this list, ascending
 */
@SuppressWarnings("ArrayRecordComponent")
public record Slot(String weight, int axis, SlotRole role, int repeat, int[] positions) {

  public Slot {
    Objects.requireNonNull(weight);
    Objects.requireNonNull(role);
    positions = positions.clone();
    if (axis < 0 || repeat < 1 || positions.length % repeat != 0) {
      throw new IllegalArgumentException(
          "axis " + axis + ", " + positions.length + " positions, " + repeat + " each");
    }
  }

  @Override
  public int[] positions() {
    return positions.clone();
  }

  /** Number of channels. */
  public int size() {
    return positions.length / repeat;
  }

  /** The i-th index of a channel. */
  public int position(int channel, int i) {
    return positions[channel * repeat + i];
  }

  @Override
  public String toString() {
    return weight + "[" + axis + "] " + role + " " + size() + "x" + repeat;
  }
}
