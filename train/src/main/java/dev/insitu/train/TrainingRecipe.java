package dev.insitu.train;

/**
 * Everything that decides how training goes, besides the graph and the samples.
 *
 * @param steps how many batches
 * @param batch samples in a batch
 * @param optimizer how gradients change parameters
 * @param schedule the learning rate
 * @param labelSmoothing share of the target that is spread over all classes
 * @param distillation what is learnt from a teacher
 * @param augmentation how pictures are varied
 * @param clipNorm longest gradient, all parameters together; longer ones are shortened. 0 for none
 * @param seed of the order of samples, their variation and dropout
 */
public record TrainingRecipe(
    int steps,
    int batch,
    OptimizerKind optimizer,
    Schedule schedule,
    double labelSmoothing,
    Distillation distillation,
    Augmentation augmentation,
    double clipNorm,
    long seed) {

  /**
   * Learning from a teacher's logits (Hinton et al. 2015).
   *
   * @param weight share of the loss that it has: 0 is labels alone, 1 the teacher alone
   * @param temperature logits are divided by it
   */
  public record Distillation(double weight, double temperature) {

    /** Labels alone. */
    public static final Distillation NONE = new Distillation(0, 1);

    public Distillation {
      if (!(weight >= 0 && weight <= 1) || !(temperature > 0 && temperature <= 1000)) {
        throw new TrainException(
            "Distillation with weight "
                + weight
                + " and temperature "
                + temperature
                + "; the weight must be 0 to 1, the temperature above 0.");
      }
    }
  }

  public TrainingRecipe {
    if (steps < 1 || batch < 1) {
      throw new TrainException(steps + " steps of " + batch + " samples; both must be at least 1.");
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1) || !(clipNorm >= 0)) {
      throw new TrainException(
          "Label smoothing "
              + labelSmoothing
              + " and clipping at "
              + clipNorm
              + "; smoothing must be 0 to below 1, clipping not negative.");
    }
  }

  /** Momentum 0.9 with Nesterov's correction, decay 5e-4, one cycle up to 0.1; no variation. */
  public static TrainingRecipe of(int steps, int batch) {
    return new TrainingRecipe(
        steps,
        batch,
        new OptimizerKind.Sgd(0.9, true, 5e-4),
        new Schedule.OneCycle(0.1, 0.2),
        0,
        Distillation.NONE,
        Augmentation.NONE,
        0,
        1);
  }

  /** Whole batches in so many rounds through the samples. */
  public static int stepsFor(double epochs, int samples, int batch) {
    int stepsPerEpoch = samples / batch;
    return Math.max(1, (int) Math.round(epochs * stepsPerEpoch));
  }

  public TrainingRecipe withOptimizer(OptimizerKind other) {
    return new TrainingRecipe(
        steps, batch, other, schedule, labelSmoothing, distillation, augmentation, clipNorm, seed);
  }

  public TrainingRecipe withSchedule(Schedule other) {
    return new TrainingRecipe(
        steps, batch, optimizer, other, labelSmoothing, distillation, augmentation, clipNorm, seed);
  }

  public TrainingRecipe withLabelSmoothing(double share) {
    return new TrainingRecipe(
        steps, batch, optimizer, schedule, share, distillation, augmentation, clipNorm, seed);
  }

  public TrainingRecipe withDistillation(Distillation other) {
    return new TrainingRecipe(
        steps, batch, optimizer, schedule, labelSmoothing, other, augmentation, clipNorm, seed);
  }

  public TrainingRecipe withAugmentation(Augmentation other) {
    return new TrainingRecipe(
        steps, batch, optimizer, schedule, labelSmoothing, distillation, other, clipNorm, seed);
  }

  public TrainingRecipe withClipNorm(double norm) {
    return new TrainingRecipe(
        steps, batch, optimizer, schedule, labelSmoothing, distillation, augmentation, norm, seed);
  }

  public TrainingRecipe withSeed(long other) {
    return new TrainingRecipe(
        steps,
        batch,
        optimizer,
        schedule,
        labelSmoothing,
        distillation,
        augmentation,
        clipNorm,
        other);
  }
}
