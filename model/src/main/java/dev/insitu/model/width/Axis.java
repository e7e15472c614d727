package dev.insitu.model.width;

import java.util.Arrays;

/** One dimension of a value: a label for each of its indices, or fixed. */
final class Axis {

  /** A dimension that stays as it is. */
  static final Axis FIXED = new Axis(new int[0]);

  private final int[] labels;

  private Axis(int[] labels) {
    this.labels = labels;
  }

  /** A dimension with these labels, which nobody changes any more. */
  static Axis of(int[] labels) {
    return labels.length == 0 ? FIXED : new Axis(labels);
  }

  boolean isFixed() {
    return labels.length == 0;
  }

  /** Number of indices; 0 if fixed. */
  int size() {
    return labels.length;
  }

  int label(int index) {
    return labels[index];
  }

  /** The indices from one to before another. */
  Axis range(int from, int to) {
    return of(Arrays.copyOfRange(labels, from, to));
  }

  /** The labels of the given indices. */
  Axis pick(int[] indices) {
    int[] picked = new int[indices.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = labels[indices[i]];
    }
    return of(picked);
  }
}
