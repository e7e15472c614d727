package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What ONNX Runtime answers with the original file. A device that runs segments optimises them less
 * than a device that has joined them, and rounds otherwise: each is compared with the file at its
 * own level.
 *
 * @param basic answers at the level of segments
 * @param all answers at the level of the joined session
 */
record Root(List<Map<String, Tensor>> basic, List<Map<String, Tensor>> all) {

  static Root of(Path onnx, List<Map<String, Tensor>> questions) {
    return new Root(
        Answers.of(onnx, questions, Optimisation.BASIC),
        Answers.of(onnx, questions, Optimisation.ALL));
  }

  /** The largest difference from the nearer of the two, as {@link Answers#difference}. */
  double difference(List<Map<String, Tensor>> answers) {
    return Math.min(Answers.difference(basic, answers), Answers.difference(all, answers));
  }

  /** The same for one answer. */
  double difference(int question, Map<String, Tensor> answer) {
    return Math.min(
        Answers.difference(basic.get(question), answer),
        Answers.difference(all.get(question), answer));
  }
}
