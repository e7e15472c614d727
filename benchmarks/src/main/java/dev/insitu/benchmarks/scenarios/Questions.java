package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.Forge;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleException;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Inputs for a model that nobody gave any for. Models refuse some, and answer others with the same
 * value everywhere, with which nothing can be compared: the first kind that does neither is taken.
 */
final class Questions {

  private static final int COUNT = 8;
  private static final long SEED = 2;

  private Questions() {}

  /**
   * Inputs that the model takes.
   *
   * @throws IOException if it takes none of those that can be made
   */
  static List<Map<String, Tensor>> of(Path onnx) throws IOException {
    List<ValueSpec> inputs;
    try (OnnxModel model = OnnxModel.open(onnx)) {
      inputs = Forge.inputs(model);
    }
    List<Supplier<List<Map<String, Tensor>>>> kinds =
        List.of(() -> generated(inputs), Voice::questions);
    String problem = "it answers all with the same value everywhere";
    List<Map<String, Tensor>> dull = List.of();
    try (GraphRun run = GraphRun.open(onnx, Optimisation.ALL)) {
      for (Supplier<List<Map<String, Tensor>>> kind : kinds) {
        try {
          List<Map<String, Tensor>> questions = kind.get();
          List<Map<String, Tensor>> answers = Answers.of(run::run, questions);
          List<Map<String, Tensor>> good =
              IntStream.range(0, questions.size())
                  .filter(i -> telling(answers.get(i)))
                  .mapToObj(questions::get)
                  .toList();
          if (!good.isEmpty()) {
            return good;
          }
          dull = questions;
        } catch (InferenceException | SampleException e) {
          problem = String.valueOf(e.getMessage());
        }
      }
    }
    if (dull.isEmpty()) {
      throw new IOException(
          onnx + " takes none of the inputs that can be generated.\nMaybe: " + problem);
    }
    return dull;
  }

  private static boolean telling(Map<String, Tensor> answer) {
    return answer.values().stream().anyMatch(Questions::telling);
  }

  private static boolean telling(Tensor output) {
    if (!output.type().floating()) {
      return true;
    }
    float[] values = output.floats();
    for (float value : values) {
      if (value != values[0] || values.length == 1) {
        return true;
      }
    }
    return false;
  }

  private static List<Map<String, Tensor>> generated(List<ValueSpec> inputs) {
    Samples samples = GeneratedSamples.make(inputs, COUNT, SEED);
    List<Map<String, Tensor>> questions = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Map<String, Tensor> question = new LinkedHashMap<>();
      for (Map.Entry<String, Column> entry : samples.columns().entrySet()) {
        Column column = entry.getValue();
        question.put(entry.getKey(), tensor(column.slice(i, 1), column.type(), column.shape()));
      }
      questions.add(question);
    }
    return questions;
  }

  /** A tensor over a copy that the engine takes without another. */
  static Tensor tensor(ByteBuffer values, ElementType type, long... shape) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(values.remaining());
    bytes.put(values).flip();
    return Tensor.wrap(type, bytes.order(ByteOrder.LITTLE_ENDIAN), shape);
  }
}
