package dev.insitu.examples.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.insitu.demo.ShapeImages;
import java.nio.FloatBuffer;
import java.util.Map;

/** Runs a recipe on a model, one epoch at a time. Not thread-safe. */
final class Trainer {
  private final TrainableModel model;
  private final Recipe recipe;
  private final Optimizer optimizer;
  private final Loss loss = Loss.softmaxCrossEntropyLoss();

  /**
   * @param firstEpoch where to go on, 0 for a fresh model; momentum starts from zero again
   */
  Trainer(TrainableModel model, Recipe recipe, int firstEpoch) {
    this.model = model;
    this.recipe = recipe;
    int stepsBefore = firstEpoch * recipe.stepsPerEpoch();
    // The optimizer counts a parameter's updates from 1.
    Tracker rate = update -> recipe.rate(stepsBefore + update - 1);
    this.optimizer =
        Optimizer.sgd()
            .setLearningRateTracker(rate)
            .optMomentum(recipe.momentum())
            .optWeightDecays(recipe.weightDecay())
            .build();
  }

  /** Trains on the epoch's own pictures, reporting after every step. */
  void epoch(int epoch, Progress progress) {
    try (NDManager manager = NDManager.newBaseManager()) {
      for (int step = 0; step < recipe.stepsPerEpoch(); step++) {
        int first = epoch * recipe.imagesPerEpoch() + step * recipe.batch();
        try (NDManager scope = manager.newSubManager()) {
          progress.step(epoch, step, step(scope, first));
        }
      }
    }
  }

  private float step(NDManager scope, int first) {
    NDArray images = images(scope, ShapeImages.TRAIN_SEED, first, recipe.batch());
    NDArray labels = labels(scope, ShapeImages.TRAIN_SEED, first, recipe.batch());
    float value;
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      NDList logits = new NDList(model.forward(images, true));
      NDArray mean = loss.evaluate(new NDList(labels), logits);
      collector.backward(mean);
      value = mean.getFloat();
    }
    for (Map.Entry<String, NDArray> parameter : model.trainable().entrySet()) {
      try (NDArray gradient = parameter.getValue().getGradient()) {
        optimizer.update(parameter.getKey(), parameter.getValue(), gradient);
      }
    }
    return value;
  }

  /** Pictures {@code first} to {@code first + count - 1}, float[count][3][32][32]. */
  static NDArray images(NDManager manager, long seed, int first, int count) {
    FloatBuffer values = FloatBuffer.allocate(count * ShapeImages.LENGTH);
    for (int i = 0; i < count; i++) {
      values.put(ShapeImages.image(seed, first + i));
    }
    values.flip();
    int size = ShapeImages.SIZE;
    return manager.create(values, new Shape(count, ShapeImages.CHANNELS, size, size));
  }

  private static NDArray labels(NDManager manager, long seed, int first, int count) {
    float[] labels = new float[count];
    for (int i = 0; i < count; i++) {
      labels[i] = ShapeImages.label(seed, first + i);
    }
    return manager.create(labels);
  }
}
