package dev.insitu.elastic;

/**
 * The unit of coding: a run of whole rows of one tensor, decodable alone given the groups it
 * refines.
 *
 * @param index number over all tensors of the package
 * @param tensorIndex the tensor's number
 * @param tensor the tensor
 * @param first first element (RAW: byte) of the tensor in this block
 * @param length elements (RAW: bytes) in this block
 */
public record Block(int index, int tensorIndex, TensorSpec tensor, long first, int length) {

  /** Rows of a PLANES block, each with its own step; the last may be short. */
  public int rows() {
    return (length + tensor.rowLength() - 1) / tensor.rowLength();
  }

  /** Where the block's values begin, in bytes from the tensor's beginning. */
  public long byteOffset() {
    return tensor.coding() == Coding.RAW ? first : first * tensor.type().bytes();
  }

  /** Bytes of the block's values in the weight file. */
  public int byteLength() {
    return tensor.coding() == Coding.RAW ? length : length * tensor.type().bytes();
  }
}
