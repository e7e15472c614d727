package dev.insitu.benchmarks.scenarios;

import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that a scenario is run with.
 *
 * @param name for packages and rows
 * @param onnx its file
 * @param samples to measure sub-models with when it is packed; empty packs by the weights alone
 * @param questions inputs that answers are compared with
 * @param labels the right class of every sample of the questions; empty if nobody knows
 */
record Subject(
    String name,
    Path onnx,
    Optional<Samples> samples,
    List<Map<String, Tensor>> questions,
    Optional<int[]> labels) {

  Subject {
    questions = List.copyOf(questions);
  }

  /** The first inputs. */
  Map<String, Tensor> question() {
    return questions.getFirst();
  }

  /** The same under another name. */
  Subject withName(String other) {
    return new Subject(other, onnx, samples, questions, labels);
  }

  /** The same with another file. */
  Subject withOnnx(Path file) {
    return new Subject(name, file, samples, questions, labels);
  }

  /** The same, packed by the weights alone. */
  Subject withoutSamples() {
    return new Subject(name, onnx, Optional.empty(), questions, labels);
  }
}
