package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.train.TrainingRecipe.Distillation;
import java.util.Optional;

/** What training makes small; each one value, the mean over a batch. */
public final class Losses {

  private Losses() {}

  /**
   * Cross-entropy with labels.
   *
   * @param logits float[n][classes]
   * @param labels n classes
   * @param smoothing share of the target that is spread over all classes
   * @throws TrainException if a label is no class
   */
  public static NDArray crossEntropy(NDArray logits, int[] labels, double smoothing) {
    int classes = (int) logits.getShape().get(1);
    long samples = logits.getShape().get(0);
    if (logits.getShape().dimension() != 2 || samples != labels.length) {
      throw new TrainException(
          labels.length + " labels were given for outputs of shape " + logits.getShape() + ".");
    }
    float[] targets = new float[labels.length * classes];
    java.util.Arrays.fill(targets, (float) (smoothing / classes));
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new TrainException(
            "Label " + labels[i] + " is outside the " + classes + " classes of the output.");
      }
      targets[i * classes + labels[i]] += (float) (1 - smoothing);
    }
    NDManager scope = logits.getManager();
    NDArray target = Torch.floats(scope, targets, samples, classes);
    return meanOverBatch(target.mul(logits.logSoftmax(1)).neg(), samples);
  }

  /**
   * How far the student's distribution is from the teacher's (Kullback-Leibler), times the
   * temperature squared so that its gradients weigh as much as those of labels.
   *
   * @param logits float[n][classes]
   * @param teacher float[n][classes], through which no gradient flows
   */
  public static NDArray distillation(NDArray logits, NDArray teacher, double temperature) {
    NDManager scope = logits.getManager();
    NDArray scale = Torch.scalar(scope, 1 / temperature);
    NDArray known = teacher.stopGradient().mul(scale).logSoftmax(1);
    NDArray learnt = logits.mul(scale).logSoftmax(1);
    NDArray apart = known.exp().mul(known.sub(learnt));
    NDArray mean = meanOverBatch(apart, logits.getShape().get(0));
    return mean.mul(Torch.scalar(scope, temperature * temperature));
  }

  /** Mean squared difference; no gradient flows through the target. */
  public static NDArray meanSquare(NDArray output, NDArray target) {
    NDArray apart = output.sub(target.stopGradient());
    return apart.mul(apart).mean();
  }

  /**
   * What a recipe asks for: labels, a teacher's logits, or a share of both.
   *
   * @param logits float[n][classes]
   * @param known the teacher's logits; without them labels alone are learnt
   * @throws TrainException if labels are asked for and there are none
   */
  public static NDArray of(
      TrainingRecipe recipe, NDArray logits, Batch batch, Optional<NDArray> known) {
    Distillation distillation = recipe.distillation();
    double share = known.isPresent() ? distillation.weight() : 0;
    if (share < 1 && batch.labels().length == 0) {
      throw new TrainException(
          "The samples have no labels.\n"
              + "Maybe learn from a teacher alone: distillation with weight 1.");
    }
    if (share == 0) {
      return crossEntropy(logits, batch.labels(), recipe.labelSmoothing());
    }
    NDArray taught = distillation(logits, known.get(), distillation.temperature());
    if (share == 1) {
      return taught;
    }
    NDManager scope = logits.getManager();
    NDArray labelled = crossEntropy(logits, batch.labels(), recipe.labelSmoothing());
    return taught.mul(Torch.scalar(scope, share)).add(labelled.mul(Torch.scalar(scope, 1 - share)));
  }

  private static NDArray meanOverBatch(NDArray terms, long samples) {
    return terms.sum().mul(Torch.scalar(terms.getManager(), 1.0 / samples));
  }
}
