package dev.insitu.benchmarks.planning;

import java.util.List;

/** Fits a dense layer by ridge regression: normal equations, solved by elimination. */
public final class LeastSquares {

  private LeastSquares() {}

  /**
   * The layer y = W x + b with the least squared error, its weights held small.
   *
   * @param inputs float[from] each
   * @param outputs float[to] each
   * @param ridge how much the squares of the weights count, as a share of the inputs' mean square
   * @return W row after row, and b
   */
  public static float[][] fit(List<float[]> inputs, List<float[]> outputs, double ridge) {
    int from = inputs.getFirst().length;
    int to = outputs.getFirst().length;
    double[][] system = new double[from + 1][from + 1 + to];
    for (int sample = 0; sample < inputs.size(); sample++) {
      add(system, inputs.get(sample), outputs.get(sample));
    }
    double trace = 0;
    for (int i = 0; i < from; i++) {
      trace += system[i][i];
    }
    for (int i = 0; i < from; i++) {
      system[i][i] += ridge * trace / from + Double.MIN_NORMAL;
    }
    eliminate(system);
    float[] weights = new float[to * from];
    float[] bias = new float[to];
    for (int row = 0; row < to; row++) {
      for (int i = 0; i < from; i++) {
        weights[row * from + i] = (float) system[i][from + 1 + row];
      }
      bias[row] = (float) system[from][from + 1 + row];
    }
    return new float[][] {weights, bias};
  }

  private static void add(double[][] system, float[] input, float[] output) {
    int from = input.length;
    for (int i = 0; i <= from; i++) {
      double x = i < from ? input[i] : 1;
      for (int j = 0; j <= from; j++) {
        system[i][j] += x * (j < from ? input[j] : 1);
      }
      for (int j = 0; j < output.length; j++) {
        system[i][from + 1 + j] += x * output[j];
      }
    }
  }

  /** Gauss and Jordan, without pivots: the system is positive definite. */
  private static void eliminate(double[][] system) {
    for (int pivot = 0; pivot < system.length; pivot++) {
      double[] row = system[pivot];
      double scale = 1 / row[pivot];
      for (int i = pivot; i < row.length; i++) {
        row[i] *= scale;
      }
      for (int other = 0; other < system.length; other++) {
        double factor = system[other][pivot];
        if (other != pivot && factor != 0) {
          for (int i = pivot; i < row.length; i++) {
            system[other][i] -= factor * row[i];
          }
        }
      }
    }
  }
}
