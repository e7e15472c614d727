package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes parameters by their gradients. Its state outlives a process in checkpoints. */
final class Optimizer implements AutoCloseable {

  private final OptimizerKind kind;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Double> rateFactors = new ArrayList<>();
  private final NDManager manager;

  /** By parameter: its momentum, or its two moments. */
  private final Map<String, NDArray> state = new LinkedHashMap<>();

  Optimizer(OptimizerKind kind, List<Parameters> some, NDManager parent) {
    this.kind = kind;
    this.manager = parent.newSubManager();
    for (Parameters group : some) {
      for (Parameter parameter : group.trained()) {
        parameters.add(parameter);
        rateFactors.add(group.rateFactor());
      }
    }
    for (Parameter parameter : parameters) {
      for (int i = 0; i < (kind instanceof OptimizerKind.AdamW ? 2 : 1); i++) {
        NDArray zeros = manager.zeros(parameter.array().getShape());
        state.put(parameter.name() + "#" + i, zeros);
      }
    }
  }

  /** What must be kept to go on: an array for each name, all of the parameter's shape. */
  Map<String, NDArray> state() {
    return state;
  }

  /**
   * Changes every parameter that has a gradient.
   *
   * @param step counted from 0
   * @param clipNorm longest gradient, 0 for any
   * @return length of the gradient before it was shortened, 0 if nobody asked for it
   */
  double apply(int step, double rate, double clipNorm) {
    return Torch.recording(
        false,
        () -> {
          List<Optional<NDArray>> gradients = new ArrayList<>();
          parameters.forEach(p -> gradients.add(Torch.gradient(p.array())));
          double norm = clipNorm > 0 ? norm(gradients) : 0;
          try (NDManager scope = manager.newSubManager()) {
            for (int i = 0; i < parameters.size(); i++) {
              if (gradients.get(i).isPresent()) {
                NDArray gradient = gradients.get(i).get();
                gradient.attach(scope);
                if (norm > clipNorm) {
                  gradient.muli(clipNorm / norm);
                }
                change(parameters.get(i), gradient, step, rate * rateFactors.get(i));
              }
            }
          }
          return norm;
        });
  }

  private static double norm(List<Optional<NDArray>> gradients) {
    double sum = 0;
    for (Optional<NDArray> gradient : gradients) {
      if (gradient.isPresent()) {
        try (NDArray squares = gradient.get().square();
            NDArray one = squares.sum()) {
          sum += one.toFloatArray()[0];
        }
      }
    }
    return Math.sqrt(sum);
  }

  private void change(Parameter parameter, NDArray gradient, int step, double rate) {
    double decay = parameter.role().decays() ? kind.weightDecay() : 0;
    switch (kind) {
      case OptimizerKind.Sgd sgd -> descend(parameter, gradient, rate, decay, sgd);
      case OptimizerKind.AdamW adam -> adapt(parameter, gradient, step, rate, decay, adam);
    }
  }

  /** v = m v + g; w -= r (g + m v), or w -= r v. */
  private void descend(
      Parameter parameter, NDArray gradient, double rate, double decay, OptimizerKind.Sgd sgd) {
    NDArray weight = parameter.array();
    NDArray velocity = state(parameter, 0);
    NDArray pull = gradient.duplicate();
    if (decay > 0) {
      pull.addi(scaled(gradient, weight, decay));
    }
    velocity.muli(sgd.momentum()).addi(pull);
    if (sgd.nesterov()) {
      pull.addi(scaled(gradient, velocity, sgd.momentum()));
      weight.subi(pull.muli(rate));
    } else {
      weight.subi(scaled(gradient, velocity, rate));
    }
  }

  private void adapt(
      Parameter parameter,
      NDArray gradient,
      int step,
      double rate,
      double decay,
      OptimizerKind.AdamW adam) {
    NDArray weight = parameter.array();
    NDArray mean = state(parameter, 0);
    NDArray square = state(parameter, 1);
    mean.muli(adam.beta1()).addi(gradient.mul(1 - adam.beta1()));
    square.muli(adam.beta2()).addi(gradient.square().muli(1 - adam.beta2()));
    double meanGrown = 1 - Math.pow(adam.beta1(), step + 1.0);
    double squareGrown = 1 - Math.pow(adam.beta2(), step + 1.0);
    if (decay > 0) {
      weight.subi(scaled(gradient, weight, rate * decay));
    }
    NDArray root = scaled(gradient, square, 1 / squareGrown).sqrt().addi(adam.epsilon());
    weight.subi(scaled(gradient, mean, rate / meanGrown).divi(root));
  }

  /** A multiple, owned by the gradient's manager and so gone after the step. */
  private static NDArray scaled(NDArray owner, NDArray array, double factor) {
    NDArray scaled = array.mul(factor);
    scaled.attach(owner.getManager());
    return scaled;
  }

  private NDArray state(Parameter parameter, int number) {
    NDArray array = state.get(parameter.name() + "#" + number);
    if (array == null) {
      throw new TrainException("The optimiser does not know '" + parameter.name() + "'.");
    }
    return array;
  }

  @Override
  public void close() {
    manager.close();
  }
}
