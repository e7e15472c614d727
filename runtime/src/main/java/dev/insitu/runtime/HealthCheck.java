package dev.insitu.runtime;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides whether a candidate may become the active model. Its inferences also warm it up. */
@FunctionalInterface
public interface HealthCheck {

  /**
   * What is wrong with a candidate, in a sentence; empty if nothing is. What it throws counts as a
   * problem too.
   *
   * @param candidate which can run in its expected depth
   */
  Optional<String> problem(ProgressiveModel candidate);

  /** This check, and if it finds nothing another. */
  default HealthCheck and(HealthCheck next) {
    return candidate -> {
      Optional<String> found = problem(candidate);
      return found.isPresent() ? found : next.problem(candidate);
    };
  }

  /** Runs samples and refuses outputs with NaN or infinite values. */
  static HealthCheck finite(List<Map<String, Tensor>> samples) {
    List<Map<String, Tensor>> copies = List.copyOf(samples);
    return candidate -> {
      for (int i = 0; i < copies.size(); i++) {
        for (Map.Entry<String, Tensor> output : candidate.run(copies.get(i)).entrySet()) {
          if (output.getValue().hasNonFinite()) {
            return Optional.of(
                "Output '" + output.getKey() + "' of sample " + i + " is not finite.");
          }
        }
      }
      return Optional.empty();
    };
  }

  /**
   * Runs a sample and compares the outputs given with their expected values.
   *
   * @param tolerance largest difference allowed, as a share of the largest expected magnitude
   */
  static HealthCheck near(
      Map<String, Tensor> sample, Map<String, Tensor> expected, double tolerance) {
    Map<String, Tensor> inputs = Map.copyOf(sample);
    Map<String, Tensor> wanted = Map.copyOf(expected);
    return candidate -> {
      Map<String, Tensor> outputs = candidate.run(inputs);
      for (Map.Entry<String, Tensor> entry : wanted.entrySet()) {
        Tensor output = outputs.get(entry.getKey());
        if (output == null) {
          return Optional.of("There is no output '" + entry.getKey() + "'.");
        }
        double difference = Comparison.relativeDifference(entry.getValue(), output);
        if (!(difference <= tolerance)) {
          return Optional.of(
              "Output '"
                  + entry.getKey()
                  + "' differs by "
                  + difference
                  + " of the largest expected value; allowed are "
                  + tolerance
                  + ".");
        }
      }
      return Optional.empty();
    };
  }
}
