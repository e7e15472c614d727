package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.runtime.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What is fed to real models. */
final class RealInputs {

  private RealInputs() {}

  /** Inputs that the model accepts. */
  static Map<String, Tensor> of(List<ValueSpec> specs) {
    boolean voice = specs.stream().anyMatch(input -> input.name().equals("sr"));
    return voice ? voice() : generated(specs);
  }

  private static Map<String, Tensor> voice() {
    return Map.of(
        "input", Tensor.of(Onnx.normal(new Random(1), 576, 0.1), 1, 576),
        "state", Tensor.zeros(ElementType.FLOAT32, 2, 1, 128),
        "sr", Tensor.of(new long[] {16_000}));
  }

  private static Map<String, Tensor> generated(List<ValueSpec> specs) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Map.Entry<String, Column> entry :
        GeneratedSamples.make(specs, 1, 1).columns().entrySet()) {
      Column column = entry.getValue();
      inputs.put(entry.getKey(), Tensor.wrap(column.type(), column.bytes(), column.shape()));
    }
    return inputs;
  }
}
