package dev.insitu.model;

import dev.insitu.model.proto.TensorShapeProto.Dimension;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sizes for an input's dimensions that the model leaves open, so that work and memory can be
 * counted. Without a hint the first dimension is one sample, pictures are 224 high and wide,
 * sequences have 64 steps.
 */
final class ShapeHints {

  private static final int PICTURE_RANK = 4;
  private static final long PICTURE = 224;
  private static final long SEQUENCE = 64;

  private final Map<String, Long> sizes;

  /**
   * Sizes by the model's own name of the dimension ("batch") or by input and axis ("image:2").
   *
   * @param inputs the inputs, whose first dimensions' names all mean the number of samples
   */
  ShapeHints(Map<String, Long> given, List<ValueInfoProto> inputs) {
    sizes = new HashMap<>();
    for (ValueInfoProto input : inputs) {
      List<Dimension> dims = input.getType().getTensorType().getShape().getDimList();
      if (!dims.isEmpty() && !dims.get(0).getDimParam().isEmpty()) {
        sizes.put(dims.get(0).getDimParam(), 1L);
      }
    }
    sizes.putAll(given);
  }

  /** The shape with every open dimension filled in. */
  long @Nullable [] fill(ValueInfoProto input, long @Nullable [] dims) {
    if (dims == null) {
      return null;
    }
    long[] filled = dims.clone();
    for (int i = 0; i < filled.length; i++) {
      if (filled[i] < 0) {
        filled[i] = size(input, i, dims.length);
      }
    }
    return filled;
  }

  private long size(ValueInfoProto input, int axis, int rank) {
    Long exact = sizes.get(input.getName() + ":" + axis);
    if (exact != null) {
      return exact;
    }
    String name = input.getType().getTensorType().getShape().getDim(axis).getDimParam();
    long usual = axis == 0 ? 1 : rank >= PICTURE_RANK && axis >= 2 ? PICTURE : SEQUENCE;
    return name.isEmpty() ? usual : sizes.getOrDefault(name, usual);
  }
}
