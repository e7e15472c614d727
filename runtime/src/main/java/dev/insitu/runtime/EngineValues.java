package dev.insitu.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The engine's values of one inference by name. Between segments they stay in the engine; only what
 * enters and leaves is converted. Closing frees what is left.
 */
final class EngineValues implements AutoCloseable {

  private final Map<String, OnnxTensor> live = new HashMap<>();
  private final List<ByteBuffer> borrowed = new ArrayList<>(); // heap inputs' copies

  /** Takes the results of a session over. */
  void takeAll(OrtSession.Result results) {
    InferenceException problem = null;
    for (Map.Entry<String, OnnxValue> result : results) {
      if (result.getValue() instanceof OnnxTensor tensor) {
        take(result.getKey(), tensor);
      } else {
        problem = unsupported(result.getKey(), result.getValue().getType().toString());
        result.getValue().close();
      }
    }
    if (problem != null) {
      throw problem;
    }
  }

  private void take(String name, OnnxTensor tensor) {
    OnnxTensor replaced = live.put(name, tensor);
    if (replaced != null) {
      replaced.close();
    }
  }

  /** Adds a caller's value. */
  void put(String name, Tensor tensor) throws OrtException {
    ByteBuffer bytes = tensor.bytes();
    if (!bytes.isDirect()) {
      ByteBuffer copy = DirectPool.SHARED.take(bytes.remaining());
      borrowed.add(copy);
      copy.put(bytes);
      Buffers.flip(copy);
      bytes = copy;
    }
    take(
        name,
        OnnxTensor.createTensor(
            OnnxEnvironment.get().environment(),
            bytes,
            tensor.shape(),
            engineType(name, tensor.type())));
  }

  /** Bytes of all values. */
  long bytes() {
    long sum = 0;
    for (OnnxTensor value : live.values()) {
      TensorInfo info = value.getInfo();
      sum += info.getNumElements() * Math.max(1, info.type.size);
    }
    return sum;
  }

  @Nullable OnnxTensor get(String name) {
    return live.get(name);
  }

  void free(String name) {
    OnnxTensor gone = live.remove(name);
    if (gone != null) {
      gone.close();
    }
  }

  /** A copy of a value for the caller. */
  Tensor export(String name) {
    OnnxTensor value = live.get(name);
    if (value == null) {
      throw InferenceException.model("No segment made the value '" + name + "'.");
    }
    TensorInfo info = value.getInfo();
    if (info.type == OnnxJavaType.STRING) {
      throw unsupported(name, "string");
    }
    return Tensor.wrap(elementType(name, info.onnxType), value.getByteBuffer(), info.getShape());
  }

  @Override
  public void close() {
    live.values().forEach(OnnxTensor::close);
    live.clear();
    borrowed.forEach(DirectPool.SHARED::give);
    borrowed.clear();
  }

  private static OnnxJavaType engineType(String name, ElementType type) {
    return switch (type) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case BOOL -> OnnxJavaType.BOOL;
      default -> throw unsupported(name, type.toString());
    };
  }

  private static ElementType elementType(String name, OnnxTensorType type) {
    return switch (type) {
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> ElementType.FLOAT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> ElementType.FLOAT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> ElementType.FLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> ElementType.BFLOAT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> ElementType.INT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> ElementType.UINT8;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> ElementType.INT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> ElementType.UINT16;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> ElementType.INT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> ElementType.UINT32;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> ElementType.INT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> ElementType.UINT64;
      case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> ElementType.BOOL;
      default -> throw unsupported(name, type.toString());
    };
  }

  private static InferenceException unsupported(String name, String type) {
    return new InferenceException(
        InferenceException.Reason.UNSUPPORTED,
        "Value '"
            + name
            + "' is a "
            + type
            + ", which cannot enter or leave a model here.\n"
            + "Maybe add a Cast node, or split sequences and maps into tensors.");
  }
}
