package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossesTest {

  private static final float[] LOGITS = {1, 2, -1, 0.5f, 0, 3};
  private static final float[] OTHERS = {0, 1, 1, 2, -2, 0.5f};

  private final NDManager manager = Torch.newManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private NDArray array(float[] values) {
    return Torch.floats(manager, values, 2, 3);
  }

  private static double[] softmax(float[] values, int row, double temperature) {
    double[] exps = new double[3];
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      exps[i] = Math.exp(values[3 * row + i] / temperature);
      sum += exps[i];
    }
    for (int i = 0; i < 3; i++) {
      exps[i] /= sum;
    }
    return exps;
  }

  @Test
  void crossEntropyIsThatOfTheSmoothedTarget() {
    int[] labels = {2, 0};
    double expected = 0;
    for (int row = 0; row < 2; row++) {
      double[] p = softmax(LOGITS, row, 1);
      for (int i = 0; i < 3; i++) {
        double target = 0.3 / 3 + (labels[row] == i ? 0.7 : 0);
        expected -= target * Math.log(p[i]) / 2;
      }
    }
    double loss = Losses.crossEntropy(array(LOGITS), labels, 0.3).toFloatArray()[0];
    assertEquals(expected, loss, 1e-6);
  }

  @Test
  void labelsOutsideTheClassesAreRefused() {
    NDArray logits = array(LOGITS);
    TrainException e =
        assertThrows(TrainException.class, () -> Losses.crossEntropy(logits, new int[] {1, 3}, 0));
    assertTrue(e.getMessage().contains("Label 3 is outside the 3 classes"), e.getMessage());
    assertThrows(TrainException.class, () -> Losses.crossEntropy(logits, new int[] {1, -1}, 0));
    assertThrows(TrainException.class, () -> Losses.crossEntropy(logits, new int[] {1}, 0));
  }

  @Test
  void distillationIsTheDivergenceOfTheSoftenedOutputs() {
    double expected = 0;
    for (int row = 0; row < 2; row++) {
      double[] teacher = softmax(OTHERS, row, 4);
      double[] student = softmax(LOGITS, row, 4);
      for (int i = 0; i < 3; i++) {
        expected += 16 * teacher[i] * Math.log(teacher[i] / student[i]) / 2;
      }
    }
    double loss = Losses.distillation(array(LOGITS), array(OTHERS), 4).toFloatArray()[0];
    assertEquals(expected, loss, 1e-5);
    assertEquals(0, Losses.distillation(array(OTHERS), array(OTHERS), 2).toFloatArray()[0], 1e-6);
  }

  @Test
  void meanSquareIsTheMeanOfSquares() {
    double expected = 0;
    for (int i = 0; i < 6; i++) {
      expected += Math.pow(LOGITS[i] - OTHERS[i], 2) / 6;
    }
    assertEquals(expected, Losses.meanSquare(array(LOGITS), array(OTHERS)).toFloatArray()[0], 1e-6);
  }

  /** The optimisers against the same formulas in double precision on one number. */
  @Test
  void optimisersFollowTheirFormulas() {
    for (OptimizerKind kind :
        List.of(
            new OptimizerKind.Sgd(0.9, true, 0.01),
            new OptimizerKind.Sgd(0.5, false, 0),
            OptimizerKind.AdamW.withDecay(0.1))) {
      Reference reference = new Reference();
      try (Parameters parameters = new Parameters(manager)) {
        NDArray one = Torch.floats(manager, new float[] {1}, 1);
        Parameter weight = parameters.add("w", ParameterRole.WEIGHT, one);
        try (Optimizer optimizer = new Optimizer(kind, List.of(parameters), manager)) {
          for (int step = 0; step < 6; step++) {
            double slope = 2 * weight.array().toFloatArray()[0] - 0.5;
            Torch.clearGradient(weight.array());
            Torch.recording(
                true,
                () -> {
                  NDArray w = weight.array();
                  Torch.backward(w.mul(w).sub(w.mul(Torch.scalar(manager, 0.5))).sum());
                  return true;
                });
            optimizer.apply(step, 0.1, 0);
            reference.step(kind, slope, step);
            assertEquals(reference.weight, weight.array().toFloatArray()[0], 1e-5, kind.toString());
          }
        }
      }
    }
  }

  @Test
  void longGradientsAreShortened() {
    try (Parameters parameters = new Parameters(manager)) {
      Parameter weight =
          parameters.add("w", ParameterRole.BIAS, Torch.floats(manager, new float[2], 2));
      try (Optimizer optimizer =
          new Optimizer(new OptimizerKind.Sgd(0, false, 0), List.of(parameters), manager)) {
        NDArray slopes = Torch.floats(manager, new float[] {30, 40}, 2);
        Torch.recording(
            true,
            () -> {
              Torch.backward(weight.array().mul(slopes).sum());
              return true;
            });
        assertEquals(50, optimizer.apply(0, 1, 5), 1e-4);
        assertEquals(-3, weight.array().toFloatArray()[0], 1e-5);
        assertEquals(-4, weight.array().toFloatArray()[1], 1e-5);
      }
    }
  }

  private static final class Reference {
    private double weight = 1;
    private double first;
    private double second;

    void step(OptimizerKind kind, double slope, int step) {
      switch (kind) {
        case OptimizerKind.Sgd sgd -> {
          double pull = slope + sgd.weightDecay() * weight;
          first = sgd.momentum() * first + pull;
          weight -= 0.1 * (sgd.nesterov() ? pull + sgd.momentum() * first : first);
        }
        case OptimizerKind.AdamW adam -> {
          first = adam.beta1() * first + (1 - adam.beta1()) * slope;
          second = adam.beta2() * second + (1 - adam.beta2()) * slope * slope;
          weight -= 0.1 * adam.weightDecay() * weight;
          double mean = first / (1 - Math.pow(adam.beta1(), step + 1));
          double square = second / (1 - Math.pow(adam.beta2(), step + 1));
          weight -= 0.1 * mean / (Math.sqrt(square) + adam.epsilon());
        }
      }
    }
  }
}
