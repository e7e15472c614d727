package dev.insitu.forge;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The engine's values of one batch by name. They stay in the engine between segments. */
final class OnnxValues implements AutoCloseable {

  private final Map<String, OnnxTensor> live = new HashMap<>();

  /**
   * Adds a value.
   *
   * @param bytes the elements, little-endian, in a direct buffer that nobody writes to
   */
  void put(String name, ElementType type, ByteBuffer bytes, long[] shape) {
    try {
      OnnxTensorType number = OnnxTensorType.mapFromInt(type.onnx());
      OnnxJavaType javaType = OnnxJavaType.mapFromOnnxTensorType(number);
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      put(name, OnnxTensor.createTensor(environment, bytes, shape, javaType));
    } catch (OrtException e) {
      throw new ForgeException(
          "ONNX Runtime refuses samples of type " + type + ": " + e.getMessage(), e);
    }
  }

  private void put(String name, OnnxTensor value) {
    OnnxTensor before = live.put(name, value);
    if (before != null) {
      before.close();
    }
  }

  /** What a graph with these inputs is to be fed. */
  Map<String, OnnxTensorLike> feeds(List<String> inputs) {
    Map<String, OnnxTensorLike> fed = new LinkedHashMap<>();
    inputs.forEach(name -> fed.put(name, get(name)));
    return fed;
  }

  /** Takes the results over; what is no tensor is dropped. */
  void takeAll(OrtSession.Result results) {
    for (Map.Entry<String, OnnxValue> result : results) {
      if (result.getValue() instanceof OnnxTensor tensor) {
        put(result.getKey(), tensor);
      } else {
        result.getValue().close();
      }
    }
  }

  /** Frees all values but these. */
  void retain(Set<String> names) {
    live.entrySet().removeIf(value -> {
      if (names.contains(value.getKey())) {
        return false;
      }
      value.getValue().close();
      return true;
    });
  }

  /** A copy of a value. */
  Tensor export(String name) {
    OnnxTensor value = get(name);
    ElementType type = ElementType.ofOnnx(value.getInfo().onnxType.value);
    return Tensor.wrap(type, value.getByteBuffer(), value.getInfo().getShape());
  }

  private OnnxTensor get(String name) {
    OnnxTensor value = live.get(name);
    if (value == null) {
      throw new ForgeException("The model's value '" + name + "' is no tensor.");
    }
    return value;
  }

  @Override
  public void close() {
    live.values().forEach(OnnxTensor::close);
    live.clear();
  }
}
