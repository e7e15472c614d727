package dev.insitu.forge;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.OnnxEnvironment;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** One graph in ONNX Runtime, for measuring. */
final class OnnxRun implements AutoCloseable {

  private final OrtSession session;

  private OnnxRun(OrtSession session) {
    this.session = session;
  }

  /**
   * Opens a graph; its weights stay mapped from the file beside it.
   *
   * @param small whether a second, faster form of the weights fits in memory too
   */
  static OnnxRun open(Path graph, boolean small) {
    OnnxEnvironment.threads(); // one thread pool for the process
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.disablePerSessionThreads();
      options.setOptimizationLevel(small ? OptLevel.ALL_OPT : OptLevel.BASIC_OPT);
      return new OnnxRun(OrtEnvironment.getEnvironment().createSession(graph.toString(), options));
    } catch (OrtException e) {
      throw new ForgeException("ONNX Runtime refuses a part of the model: " + e.getMessage(), e);
    }
  }

  /** Runs the graph. */
  Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Map<String, OnnxTensorLike> fed = new HashMap<>();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        fed.put(input.getKey(), EngineTensors.toEngine(input.getValue()));
      }
      try (OrtSession.Result result = session.run(fed)) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
          outputs.put(output.getKey(), EngineTensors.fromEngine((OnnxTensor) output.getValue()));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw new ForgeException("The model cannot be run on the samples: " + e.getMessage(), e);
    } finally {
      fed.values().forEach(OnnxTensorLike::close);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new ForgeException("ONNX Runtime cannot close a session: " + e.getMessage(), e);
    }
  }

  /** Values between Java and the engine. */
  static final class EngineTensors {

    private EngineTensors() {}

    static OnnxTensor toEngine(Tensor tensor) throws OrtException {
      return OnnxTensor.createTensor(
          OrtEnvironment.getEnvironment(), tensor.bytes().order(ByteOrder.nativeOrder()), tensor.shape(), engineType(tensor.type()));
    }

    static Tensor fromEngine(OnnxTensor tensor) {
      ByteBuffer bytes = tensor.getByteBuffer();
      ByteBuffer copy = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN);
      copy.put(bytes).flip();
      return Tensor.wrap(elementType(tensor.getInfo()), copy, tensor.getInfo().getShape());
    }

    private static ElementType elementType(TensorInfo info) {
      return switch (info.type) {
        case FLOAT -> ElementType.FLOAT32;
        case DOUBLE -> ElementType.FLOAT64;
        case FLOAT16 -> ElementType.FLOAT16;
        case BFLOAT16 -> ElementType.BFLOAT16;
        case INT8 -> ElementType.INT8;
        case UINT8 -> ElementType.UINT8;
        case INT16 -> ElementType.INT16;
        case INT32 -> ElementType.INT32;
        case INT64 -> ElementType.INT64;
        case BOOL -> ElementType.BOOL;
        default -> throw new ForgeException("Values of type " + info.type + " cannot be read from ONNX Runtime.");
      };
    }

    private static ai.onnxruntime.OnnxJavaType engineType(ElementType type) {
      return switch (type) {
        case FLOAT32 -> ai.onnxruntime.OnnxJavaType.FLOAT;
        case FLOAT64 -> ai.onnxruntime.OnnxJavaType.DOUBLE;
        case FLOAT16 -> ai.onnxruntime.OnnxJavaType.FLOAT16;
        case BFLOAT16 -> ai.onnxruntime.OnnxJavaType.BFLOAT16;
        case INT8 -> ai.onnxruntime.OnnxJavaType.INT8;
        case UINT8 -> ai.onnxruntime.OnnxJavaType.UINT8;
        case INT16 -> ai.onnxruntime.OnnxJavaType.INT16;
        case INT32 -> ai.onnxruntime.OnnxJavaType.INT32;
        case INT64 -> ai.onnxruntime.OnnxJavaType.INT64;
        case BOOL -> ai.onnxruntime.OnnxJavaType.BOOL;
        default -> throw new ForgeException("Values of type " + type + " cannot be handed to ONNX Runtime.");
      };
    }
  }
}
