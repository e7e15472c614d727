package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** ONNX Runtime as the judge. */
final class Judge {

  /** Numbers with a shape; integers fit into a double here. */
  @SuppressWarnings("ArrayRecordComponent")
  record Value(boolean real, long[] dims, double[] numbers) {

    static Value reals(long[] dims, Random random) {
      double[] numbers = new double[(int) LongStream.of(dims).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      return new Value(true, dims, numbers);
    }

    static Value longs(long[] dims, double... numbers) {
      return new Value(false, dims, numbers);
    }

    NDArray array(NDManager manager) {
      return real ? Torch.floats(manager, floats(), dims) : Torch.longs(manager, integers(), dims);
    }

    float[] floats() {
      float[] floats = new float[numbers.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) numbers[i];
      }
      return floats;
    }

    long[] integers() {
      long[] integers = new long[numbers.length];
      for (int i = 0; i < integers.length; i++) {
        integers[i] = (long) numbers[i];
      }
      return integers;
    }
  }

  static final OrtEnvironment ENVIRONMENT =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "test");

  /** Differences below it count as none: a sigmoid may be 0 or 1e-25. */
  private static final double SMALLEST = 1e-12;

  private Judge() {}

  static Map<String, Value> run(Path file, Map<String, Value> inputs) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(SessionOptions.OptLevel.BASIC_OPT);
      Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
      try (OrtSession session = ENVIRONMENT.createSession(file.toString(), options)) {
        for (var entry : session.getInputInfo().entrySet()) {
          var info = (ai.onnxruntime.TensorInfo) entry.getValue().getInfo();
          feeds.put(entry.getKey(), tensor(inputs.get(entry.getKey()), info.type));
        }
        Map<String, Value> outputs = new LinkedHashMap<>();
        try (OrtSession.Result result = session.run(feeds)) {
          for (var entry : result) {
            outputs.put(entry.getKey(), value((OnnxTensor) entry.getValue()));
          }
        }
        return outputs;
      } finally {
        feeds.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static OnnxTensor tensor(Value value, ai.onnxruntime.OnnxJavaType type)
      throws OrtException {
    long[] dims = value.dims();
    return switch (type) {
      case FLOAT -> OnnxTensor.createTensor(ENVIRONMENT, FloatBuffer.wrap(value.floats()), dims);
      case INT64 -> OnnxTensor.createTensor(ENVIRONMENT, LongBuffer.wrap(value.integers()), dims);
      case INT32 ->
          OnnxTensor.createTensor(
              ENVIRONMENT,
              IntBuffer.wrap(LongStream.of(value.integers()).mapToInt(i -> (int) i).toArray()),
              dims);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private static Value value(OnnxTensor tensor) {
    long[] dims = tensor.getInfo().getShape();
    var bytes = tensor.getByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    double[] numbers = new double[(int) tensor.getInfo().getNumElements()];
    boolean real = tensor.getInfo().type == ai.onnxruntime.OnnxJavaType.FLOAT;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (tensor.getInfo().type) {
            case FLOAT -> bytes.getFloat();
            case INT64 -> bytes.getLong();
            case INT32 -> bytes.getInt();
            case BOOL -> bytes.get();
            default -> throw new IllegalArgumentException(tensor.getInfo().toString());
          };
    }
    return new Value(real, dims, numbers);
  }

  /** Same shapes; numbers within the tolerance of the largest magnitude. Returns the largest. */
  static double assertClose(
      String what, Map<String, Value> expected, Map<String, NDArray> actual, double tolerance) {
    double most = 0;
    for (var entry : expected.entrySet()) {
      Value value = entry.getValue();
      NDArray array = actual.get(entry.getKey());
      assertArrayEquals(value.dims(), array.getShape().getShape(), entry.getKey());
      double[] numbers = numbers(array);
      assertEquals(value.numbers().length, numbers.length);
      double largest = 0;
      double apart = 0;
      for (int i = 0; i < numbers.length; i++) {
        double reference = value.numbers()[i];
        if (reference != numbers[i]) {
          double difference = Math.abs(reference - numbers[i]);
          apart = Double.isNaN(difference) ? Double.MAX_VALUE : Math.max(apart, difference);
        }
        largest = Double.isFinite(reference) ? Math.max(largest, Math.abs(reference)) : largest;
      }
      double relative = apart < SMALLEST ? 0 : apart / largest;
      assertTrue(
          relative <= tolerance,
          what
              + ": "
              + entry.getKey()
              + " differs by "
              + apart
              + " of "
              + largest
              + " "
              + array.getShape());
      most = Math.max(most, relative);
    }
    return most;
  }

  private static double[] numbers(NDArray array) {
    return switch (array.getDataType()) {
      case FLOAT32 -> {
        float[] floats = array.toFloatArray();
        double[] numbers = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
          numbers[i] = floats[i];
        }
        yield numbers;
      }
      case INT64 -> LongStream.of(array.toLongArray()).asDoubleStream().toArray();
      case BOOLEAN -> {
        boolean[] flags = array.toBooleanArray();
        double[] numbers = new double[flags.length];
        for (int i = 0; i < flags.length; i++) {
          numbers[i] = flags[i] ? 1 : 0;
        }
        yield numbers;
      }
      default -> throw new IllegalArgumentException(array.getDataType().toString());
    };
  }
}
