package dev.insitu.benchmarks.models;

import java.util.List;

/** An input of a generated model; its first dimension is the batch. */
public sealed interface ModelInput {

  /** The value's name in the graph. */
  String name();

  /** Dimensions after the batch: a number, or a name if any length will do. */
  List<String> shape();

  /** Float32, meant for values of about -3 to 3. */
  record Floats(String name, List<String> shape) implements ModelInput {
    public Floats {
      shape = List.copyOf(shape);
    }
  }

  /**
   * Int64.
   *
   * @param typicalLeast the least value that makes a typical input
   * @param typicalMost the greatest value that makes a typical input
   */
  record Integers(String name, List<String> shape, int typicalLeast, int typicalMost)
      implements ModelInput {
    public Integers {
      shape = List.copyOf(shape);
    }
  }
}
