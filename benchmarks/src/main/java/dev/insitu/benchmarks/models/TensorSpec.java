package dev.insitu.benchmarks.models;

import java.util.Arrays;
import java.util.List;

/**
 * An initializer before its values exist.
 *
 * @param onnxType a value of TensorProto.DataType
 * @param elementBytes bytes of one number
 */
record TensorSpec(String name, int onnxType, int elementBytes, List<Long> dims, Fill fill) {
  TensorSpec {
    dims = List.copyOf(dims);
  }

  static TensorSpec of(String name, WeightType type, Fill fill, long... dims) {
    return new TensorSpec(
        name, type.onnx(), type.bytes(), Arrays.stream(dims).boxed().toList(), fill);
  }

  long elements() {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }

  long bytes() {
    return Math.multiplyExact(elements(), (long) elementBytes);
  }

  /** Whether it counts as parameters of the network: not so the indices some nodes need. */
  boolean isWeight() {
    return !(fill instanceof Fill.Bytes);
  }
}
