package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** ONNX Runtime as the judge: runs files with the same inputs and compares. */
public final class Judge {

  /** Bytes of a tensor with its type and shape. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Value(OnnxJavaType type, long[] dims, ByteBuffer bytes) {

    /** The type's number in ONNX. */
    public int elementType() {
      return switch (type) {
        case FLOAT -> 1;
        case UINT8 -> 2;
        case INT8 -> 3;
        case INT32 -> 6;
        case INT64 -> 7;
        case BOOL -> 9;
        case FLOAT16 -> 10;
        case DOUBLE -> 11;
        case BFLOAT16 -> 16;
        default -> 0;
      };
    }
  }

  public static final OrtEnvironment ENVIRONMENT =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "test");

  private Judge() {}

  /** Runs a file; all its outputs by name. */
  public static Map<String, Value> run(Path file, OptLevel level, Map<String, Value> inputs)
      throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setOptimizationLevel(level);
      options.setIntraOpNumThreads(1);
      Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
      try (OrtSession session = ENVIRONMENT.createSession(file.toString(), options)) {
        for (String name : session.getInputNames()) {
          Value value = inputs.get(name);
          feeds.put(
              name,
              OnnxTensor.createTensor(
                  ENVIRONMENT,
                  value.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN),
                  value.dims(),
                  value.type()));
        }
        Map<String, Value> outputs = new LinkedHashMap<>();
        try (OrtSession.Result result = session.run(feeds)) {
          for (var entry : result) {
            OnnxTensor tensor = (OnnxTensor) entry.getValue();
            ByteBuffer copy =
                ByteBuffer.allocateDirect(tensor.getByteBuffer().remaining())
                    .order(ByteOrder.LITTLE_ENDIAN);
            copy.put(tensor.getByteBuffer()).flip();
            outputs.put(
                entry.getKey(),
                new Value(tensor.getInfo().type, tensor.getInfo().getShape(), copy));
          }
        }
        return outputs;
      } finally {
        feeds.values().forEach(OnnxTensor::close);
      }
    }
  }

  /** Inputs of typical or given sizes with seeded contents. */
  public static Map<String, Value> inputs(OnnxModel model, Map<String, Long> sizes, long seed) {
    Random random = new Random(seed);
    Map<String, Fact> facts = model.facts(sizes);
    Map<String, Value> inputs = new HashMap<>();
    for (ValueInfo input : model.inputs()) {
      long[] dims = facts.get(input.name()).dims();
      OnnxJavaType type = OnnxJavaType.mapFromInt(onnxJavaType(input.elementType()));
      int count = (int) Dims.elements(dims);
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(count * type.size).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        boolean rate = input.name().equals("sr");
        switch (type) {
          case FLOAT -> bytes.putFloat((float) random.nextGaussian());
          case INT32 -> bytes.putInt(random.nextInt(2));
          case INT64 -> bytes.putLong(rate ? 16_000 : random.nextInt(2));
          case BOOL -> bytes.put((byte) 1);
          default -> throw new IllegalArgumentException(type.toString());
        }
      }
      inputs.put(input.name(), new Value(type, dims, bytes.flip()));
    }
    return inputs;
  }

  private static int onnxJavaType(int elementType) {
    return switch (elementType) {
      case 1 -> OnnxJavaType.FLOAT.value;
      case 6 -> OnnxJavaType.INT32.value;
      case 7 -> OnnxJavaType.INT64.value;
      case 9 -> OnnxJavaType.BOOL.value;
      default -> throw new IllegalArgumentException(ElementTypes.name(elementType));
    };
  }

  /** Same outputs; floats within 1e-5 of the largest magnitude, all else equal. */
  public static void assertSame(Map<String, Value> expected, Map<String, Value> actual) {
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(actual.keySet()));
    expected.forEach((name, value) -> assertSame(name, value, actual.get(name)));
  }

  public static void assertSame(String name, Value expected, Value actual) {
    assertEquals(expected.type(), actual.type(), name);
    assertArrayEquals(expected.dims(), actual.dims(), name);
    if (expected.type() != OnnxJavaType.FLOAT) {
      assertEquals(expected.bytes(), actual.bytes(), name);
      return;
    }
    float largest = 0;
    float apart = 0;
    for (int at = 0; at < expected.bytes().limit(); at += 4) {
      float reference = expected.bytes().getFloat(at);
      largest = Math.max(largest, Math.abs(reference));
      float difference = Math.abs(reference - actual.bytes().getFloat(at));
      apart = Float.isNaN(difference) ? Float.MAX_VALUE : Math.max(apart, difference);
    }
    assertTrue(apart <= 1e-5f * largest, name + " differs by " + apart + " of " + largest);
  }
}
