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
  private SampleFeeds() {}

  /**
   * One tensor per input: floats are normal with variance 1, whole numbers even over their typical range.
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
      feeds.put(input.name(), tensor(environment, input, shape, new Randomness(seed, input.name())));
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
        FloatBuffer values = FloatBuffer.allocate(count);
        while (values.hasRemaining()) {
          values.put((float) random.gaussian());
        }
        yield OnnxTensor.createTensor(environment, values.flip(), shape);
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
