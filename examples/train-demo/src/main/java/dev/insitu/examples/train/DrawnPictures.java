package dev.insitu.examples.train;

import ai.djl.ndarray.NDManager;
import dev.insitu.demo.ShapeImages;
import dev.insitu.train.Batch;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainingData;
import dev.insitu.train.zoo.ResNet;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Pictures that the demonstration draws when they are asked for, each by its number.
 *
 * @param seed which pictures
 * @param count how many
 */
record DrawnPictures(long seed, int count) implements TrainingData {

  @Override
  public Batch batch(NDManager scope, int[] samples, RandomGenerator random) {
    float[] values = new float[samples.length * ShapeImages.LENGTH];
    int[] labels = new int[samples.length];
    for (int i = 0; i < samples.length; i++) {
      float[] image = ShapeImages.image(seed, samples[i]);
      System.arraycopy(image, 0, values, i * ShapeImages.LENGTH, ShapeImages.LENGTH);
      labels[i] = ShapeImages.label(seed, samples[i]);
    }
    int side = ShapeImages.SIZE;
    var array = Torch.floats(scope, values, samples.length, ShapeImages.CHANNELS, side, side);
    return new Batch(Map.of(ResNet.INPUT, array), labels, samples.length);
  }
}
