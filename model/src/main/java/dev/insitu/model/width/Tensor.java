package dev.insitu.model.width;

import java.util.Objects;

/**
 * A weight's values, its gradients or the like.
 *
 * @param dims its dimensions
 * @param values its elements in C order; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Tensor(long[] dims, float[] values) {

  public Tensor {
    dims = dims.clone();
    Objects.requireNonNull(values);
    long elements = 1;
    for (long dim : dims) {
      elements = Math.multiplyExact(elements, dim);
    }
    if (elements != values.length) {
      throw new IllegalArgumentException(values.length + " values where " + elements + " belong");
    }
  }

  @Override
  public long[] dims() {
    return dims.clone();
  }

  /** A function of an element's place in C order, to be added up. */
  @FunctionalInterface
  interface Term {
    double at(int element);
  }

  /** The sum of a term over all elements of one index of a dimension. */
  double sum(int axis, int index, Term term) {
    int inner = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      inner *= (int) dims[i];
    }
    int outerStride = inner * (int) dims[axis];
    double sum = 0;
    for (int outer = index * inner; outer < values.length; outer += outerStride) {
      for (int element = outer; element < outer + inner; element++) {
        sum += term.at(element);
      }
    }
    return sum;
  }
}
