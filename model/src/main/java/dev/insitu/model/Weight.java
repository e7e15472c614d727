package dev.insitu.model;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A tensor that is big enough to be coded apart from the graph. A tensor that several nodes, inner
 * graphs or names share is one weight.
 *
 * @param index its number: weights are numbered in the order of their first use
 * @param name the name of its initializer in the graphs, unique
 * @param elementType number in ONNX's {@code TensorProto.DataType}
 * @param dims its shape
 * @param role what reads it
 * @param outputAxis the dimension of output channels (embedding: of rows); -1 if the role has none
 * @param data its values
 */
@SuppressWarnings("ArrayRecordComponent")
public record Weight(
    int index,
    String name,
    int elementType,
    long[] dims,
    WeightRole role,
    int outputAxis,
    WeightData data) {

  public Weight {
    Objects.requireNonNull(name);
    Objects.requireNonNull(role);
    Objects.requireNonNull(data);
    dims = dims.clone();
    if (outputAxis < -1 || outputAxis >= dims.length) {
      throw new IllegalArgumentException("axis " + outputAxis + " of " + Dims.text(dims));
    }
  }

  @Override
  public long[] dims() {
    return dims.clone();
  }

  /** Number of elements. */
  public long elements() {
    return ElementTypes.elements(dims);
  }

  /** Bytes of the values, as ONNX's {@code raw_data} stores them. */
  public long byteLength() {
    return data.byteLength();
  }

  /**
   * Fills the buffer's remaining space with little-endian values in C order; see {@link
   * WeightData#read}.
   *
   * @param byteOffset first byte to read
   * @param into where the bytes go
   */
  public void read(long byteOffset, ByteBuffer into) {
    data.read(byteOffset, into);
  }

  @Override
  public String toString() {
    return index + " " + name + " " + ElementTypes.name(elementType) + Dims.text(dims) + " " + role;
  }
}
