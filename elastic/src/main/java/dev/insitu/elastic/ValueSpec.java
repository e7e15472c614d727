package dev.insitu.elastic;

import java.util.List;
import java.util.Objects;

/**
 * An input or output of the model.
 *
 * @param name its name in the graphs
 * @param onnxType its element type, as ONNX numbers them
 * @param dims its dimensions, -1 where dynamic; empty for a scalar
 * @param ranked whether the dimensions are known at all
 */
public record ValueSpec(String name, int onnxType, List<Long> dims, boolean ranked) {

  public ValueSpec {
    Objects.requireNonNull(name);
    dims = List.copyOf(dims);
  }
}
