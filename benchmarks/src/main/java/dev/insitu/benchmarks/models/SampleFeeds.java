package dev.insitu.benchmarks.models;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Random inputs for generated models. */
public final class SampleFeeds {
  private static final int PICTURE_DIMENSIONS = 4;

  private SampleFeeds() {}

  /**
   * One tensor per input. Vectors are normal with variance 1, whole numbers even over their typical
   * range. Pictures are half noise, half one brightness per colour: to a random network all noise
   * looks the same. Even so it tells few classes apart, so compare outputs rather than classes.
   *
   * @param batch length of the first dimension
   * @param sequence length of every dimension that has a name
   * @return tensors by name; the caller closes them
   */
  public static Map<String, OnnxTensor> of(
      OrtEnvironment environment, List<ModelInput> inputs, int batch, int sequence, long seed)
      throws OrtException {
    Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    for (ModelInput input : inputs) {
      long[] shape = shape(input, batch, sequence);
      feeds.put(
          input.name(), tensor(environment, input, shape, new Randomness(seed, input.name())));
    }
    return feeds;
  }

  private static OnnxTensor tensor(
      OrtEnvironment environment, ModelInput input, long[] shape, Randomness random)
      throws OrtException {
    int count = 1;
    for (long length : shape) {
      count = Math.multiplyExact(count, Math.toIntExact(length));
    }
    return switch (input) {
      case ModelInput.Floats _ -> {
        FloatBuffer values = floats(shape, count, random);
        yield OnnxTensor.createTensor(environment, values, shape);
      }
      case ModelInput.Integers range -> {
        LongBuffer values = LongBuffer.allocate(count);
        int choices = range.typicalMost() - range.typicalLeast() + 1;
        while (values.hasRemaining()) {
          values.put(range.typicalLeast() + (long) (random.uniform() * choices));
        }
        yield OnnxTensor.createTensor(environment, values.flip(), shape);
      }
    };
  }

  private static FloatBuffer floats(long[] shape, int count, Randomness random) {
    boolean pictures = shape.length == PICTURE_DIMENSIONS;
    int plane = pictures ? Math.toIntExact(shape[2] * shape[3]) : count;
    float[] values = new float[count];
    double brightness = 0;
    for (int i = 0; i < count; i++) {
      if (pictures && i % plane == 0) {
        brightness = random.gaussian();
      }
      double noise = random.gaussian();
      values[i] = (float) (pictures ? (brightness + noise) * Math.sqrt(0.5) : noise);
    }
    return FloatBuffer.wrap(values);
  }

  private static long[] shape(ModelInput input, int batch, int sequence) {
    long[] shape = new long[input.shape().size() + 1];
    shape[0] = batch;
    for (int i = 1; i < shape.length; i++) {
      String length = input.shape().get(i - 1);
      shape[i] = Character.isDigit(length.charAt(0)) ? Long.parseLong(length) : sequence;
    }
    return shape;
  }
}
