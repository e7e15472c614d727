package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.elastic.ElementType;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Samples of any inputs as they are. */
public final class SampleData implements TrainingData {

  private final Samples samples;

  /**
   * @throws TrainException if an input has no batch dimension, or a type that is not trained on
   */
  public SampleData(Samples samples) {
    this.samples = samples;
    samples
        .columns()
        .forEach((name, column) -> {
          long[] shape = column.shape();
          if (shape.length == 0 || shape[0] != 1) {
            throw new TrainException(
                "Input '"
                    + name
                    + "' has no batch dimension, so its samples cannot be put together.");
          }
        });
  }

  @Override
  public int count() {
    return samples.count();
  }

  @Override
  public Batch batch(NDManager scope, int[] numbers, RandomGenerator random) {
    Map<String, NDArray> inputs = new LinkedHashMap<>();
    samples.columns().forEach((name, c) -> inputs.put(name, array(scope, name, c, numbers)));
    int[] labels = new int[samples.labels().isPresent() ? numbers.length : 0];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = samples.labels().get()[numbers[i]];
    }
    return new Batch(inputs, labels, numbers.length);
  }

  private static NDArray array(NDManager scope, String name, Column column, int[] numbers) {
    long[] shape = column.shape();
    shape[0] = numbers.length;
    int each = (int) (column.sampleBytes() / column.type().bytes());
    float[] reals = new float[column.type() == ElementType.FLOAT32 ? each * numbers.length : 0];
    long[] integers = new long[reals.length == 0 ? each * numbers.length : 0];
    for (int i = 0; i < numbers.length; i++) {
      ByteBuffer bytes = column.slice(numbers[i], 1);
      for (int k = i * each; k < (i + 1) * each; k++) {
        switch (column.type()) {
          case FLOAT32 -> reals[k] = bytes.getFloat();
          case INT64 -> integers[k] = bytes.getLong();
          case INT32 -> integers[k] = bytes.getInt();
          case UINT8 -> integers[k] = bytes.get() & 0xff;
          case INT8, BOOL -> integers[k] = bytes.get();
          default ->
              throw new TrainException(
                  "Input '" + name + "' is " + column.type() + ", which is not trained on.");
        }
      }
    }
    return column.type() == ElementType.FLOAT32
        ? Torch.floats(scope, reals, shape)
        : Torch.longs(scope, integers, shape);
  }
}
