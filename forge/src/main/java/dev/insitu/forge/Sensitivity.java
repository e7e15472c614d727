package dev.insitu.forge;

import java.util.List;
import java.util.Map;

/** How much an error of a tensor's weights matters, and which steps follow from that. */
final class Sensitivity {

  private static final double STEP_EXPONENT = 0.25;
  private static final double MOST_RELATIVE_STEP = 4;

  private final double[] perSquaredError;
  private final double[] relativeSteps;

  private Sensitivity(double[] perSquaredError, double[] relativeSteps) {
    this.perSquaredError = perSquaredError;
    this.relativeSteps = relativeSteps;
  }

  /**
   * What the weights alone tell: a tensor's error counts relative to the tensor's own power, since
   * what follows a layer mostly normalises it, whatever the tensor's size; see {@link StepChooser}.
   */
  static Sensitivity ofWeightsAlone(List<TensorScan.Scanned> tensors) {
    double[] sensitivities = new double[tensors.size()];
    double[] steps = new double[tensors.size()];
    double typical = typicalLength(tensors);
    for (int i = 0; i < sensitivities.length; i++) {
      double spread = tensors.get(i).stats().spread();
      long length = tensors.get(i).weightLength();
      double power = spread * spread * length;
      sensitivities[i] = power > 0 ? 1 / power : 0;
      double relative = Math.pow(length / typical, STEP_EXPONENT);
      steps[i] = Math.clamp(relative, 1 / MOST_RELATIVE_STEP, MOST_RELATIVE_STEP);
    }
    return new Sensitivity(sensitivities, steps);
  }

  /**
   * With what was measured.
   *
   * @param factors by tensor; those without one stay
   */
  Sensitivity times(Map<Integer, Double> factors) {
    double[] changed = perSquaredError.clone();
    factors.forEach((tensor, factor) -> {
      if (tensor < changed.length) {
        changed[tensor] *= factor;
      }
    });
    return new Sensitivity(changed, relativeSteps);
  }

  /** The geometric mean of tensor lengths over all weights that are coded in planes. */
  private static double typicalLength(List<TensorScan.Scanned> tensors) {
    double logs = 0;
    double weights = 0;
    for (TensorScan.Scanned tensor : tensors) {
      if (tensor.spec().floatPlanes()) {
        logs += tensor.spec().length() * Math.log((double) tensor.weightLength());
        weights += tensor.spec().length();
      }
    }
    return weights == 0 ? 1 : Math.exp(logs / weights);
  }

  /** Output error for each unit of squared error of a tensor's weights. */
  double perSquaredError(int tensor) {
    return perSquaredError[tensor];
  }

  /** What multiplies a tensor's usual quantiser step. */
  double relativeStep(int tensor) {
    return relativeSteps[tensor];
  }
}
