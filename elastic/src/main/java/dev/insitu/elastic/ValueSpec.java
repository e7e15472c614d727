package dev.insitu.elastic;

import java.util.List;
import java.util.Objects;

/**
 * An input or output of the model.
 *
 * @param name its name in the graphs
 * @param onnxType its element type, as ONNX numbers them; 0 if it is no tensor
 * @param dims its dimensions, -1 where dynamic; empty for a scalar
 * @param ranked whether the dimensions are known at all
 */
public record ValueSpec(String name, int onnxType, List<Long> dims, boolean ranked) {

  /** Most dimensions. */
  public static final int MAX_RANK = 32;

  public ValueSpec {
    Objects.requireNonNull(name);
    dims = List.copyOf(dims);
    if (dims.size() > MAX_RANK) {
      throw ElasticException.limit(
          "Value "
              + Names.quote(name)
              + " has "
              + dims.size()
              + " dimensions; at most 32 are allowed.");
    }
    if (onnxType < 0 || onnxType > 255 || !ranked && !dims.isEmpty()) {
      throw ElasticException.corrupt(
          "Value "
              + Names.quote(name)
              + " claims type "
              + onnxType
              + " and dimensions "
              + dims
              + ".");
    }
    for (long dim : dims) {
      if (dim < -1 || dim >= ByteWriter.MAX_VARINT) {
        throw ElasticException.corrupt(
            "Value " + Names.quote(name) + " has a dimension of " + dim + ".");
      }
    }
  }
}
