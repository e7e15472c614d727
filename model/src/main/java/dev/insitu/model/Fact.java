package dev.insitu.model;

import dev.insitu.model.proto.TensorProto.DataType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a value before the model runs.
 *
 * @param type element type, 0 if unknown
 * @param dims dimensions, -1 where unknown; null if not even their number is known
 * @param values the elements of a small tensor, NaN where unknown; null if nothing is known of them
 */
@SuppressWarnings("ArrayRecordComponent")
record Fact(int type, long @Nullable [] dims, double @Nullable [] values) {

  /** Most elements that are followed one by one. */
  static final int MAX_VALUES = 1024;

  static final Fact UNKNOWN = new Fact(0, null, null);

  static Fact of(int type, long @Nullable ... dims) {
    return new Fact(type, dims, null);
  }

  static Fact ofType(int type) {
    return new Fact(type, null, null);
  }

  /** A one-dimensional int64 tensor. */
  static Fact ofInts(double[] values) {
    return new Fact(DataType.INT64_VALUE, new long[] {values.length}, values);
  }

  Fact withType(int newType) {
    return new Fact(newType, dims, values);
  }

  Fact withDims(long @Nullable [] newDims) {
    return new Fact(type, newDims, null);
  }

  /** The same with its elements, if they fit the shape. */
  Fact withValues(double @Nullable [] newValues) {
    boolean fits = newValues != null && newValues.length == elements();
    return new Fact(type, dims, fits ? newValues : null);
  }

  /** Number of dimensions, -1 if unknown. */
  int rank() {
    return dims == null ? -1 : dims.length;
  }

  /** One dimension, counted from the end if negative; -1 if unknown. */
  long dim(int axis) {
    if (dims == null) {
      return -1;
    }
    int index = axis < 0 ? axis + dims.length : axis;
    return index < 0 || index >= dims.length ? -1 : dims[index];
  }

  /** Number of elements, -1 if unknown. */
  long elements() {
    return Dims.elements(dims);
  }

  /** Bytes of the values, 0 if unknown. */
  long bytes() {
    long elements = elements();
    return elements < 0 ? 0 : Dims.saturatingProduct(elements, ElementTypes.bits(type)) / 8;
  }

  /** What holds whichever of the two the value turns out to be. */
  Fact or(Fact other) {
    int both = type == other.type ? type : 0;
    if (dims == null || other.dims == null || dims.length != other.dims.length) {
      return ofType(both);
    }
    long[] merged = dims.clone();
    for (int i = 0; i < merged.length; i++) {
      merged[i] = dims[i] == other.dims[i] ? dims[i] : -1;
    }
    return of(both, merged);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fact fact
        && type == fact.type
        && Arrays.equals(dims, fact.dims)
        && Arrays.equals(values, fact.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * type + Arrays.hashCode(dims)) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return ElementTypes.name(type)
        + Dims.text(dims)
        + (values == null ? "" : Arrays.toString(values));
  }
}
