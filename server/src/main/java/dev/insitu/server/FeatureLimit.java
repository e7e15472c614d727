package dev.insitu.server;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import java.util.List;

/** How much a feature message may unpack to. */
final class FeatureLimit {

  private FeatureLimit() {}

  /**
   * Bytes of all values at a cut, as its declared shapes allow them.
   *
   * @param maxBatch most samples, where the first dimension is open
   * @param most bytes in any case
   */
  static long bytes(List<ValueSpec> values, int maxBatch, long most) {
    long sum = 0;
    for (ValueSpec value : values) {
      sum += bytes(value, maxBatch, most);
      if (sum >= most) {
        return most;
      }
    }
    return sum;
  }

  private static long bytes(ValueSpec value, int maxBatch, long most) {
    if (!value.ranked()) {
      return most;
    }
    long bytes = Float.BYTES;
    for (ElementType type : ElementType.values()) {
      bytes = type.onnx() == value.onnxType() ? Math.max(bytes, type.bytes()) : bytes;
    }
    for (int i = 0; i < value.dims().size(); i++) {
      long dim = value.dims().get(i);
      if (dim < 0 && i > 0) {
        return most;
      }
      long count = dim < 0 ? maxBatch : dim;
      bytes = count > 0 && bytes > most / count ? most : bytes * count;
    }
    return Math.min(bytes, most);
  }
}
