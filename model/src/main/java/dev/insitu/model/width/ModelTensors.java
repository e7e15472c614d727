package dev.insitu.model.width;

import dev.insitu.model.ElementTypes;
import dev.insitu.model.OnnxException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** Reads a model's own values as float32; a weight's bytes are in memory only while it is read. */
public final class ModelTensors implements Tensors {

  private final Map<String, TensorProto> initializers = new HashMap<>();
  private final Map<String, Weight> weights = new HashMap<>();

  /** The values of a model's weights and small initializers. */
  public ModelTensors(OnnxModel model) {
    for (TensorProto tensor : model.skeleton().getGraph().getInitializerList()) {
      initializers.put(tensor.getName(), tensor);
    }
    model.weights().forEach(weight -> weights.put(weight.name(), weight));
  }

  /**
   * The values of a weight; integers as they are stored, without scale and zero point.
   *
   * @throws OnnxException if there is no such weight or its values are no numbers
   */
  @Override
  public Tensor of(String weight) {
    Weight big = weights.get(weight);
    if (big != null) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(big.byteLength()));
      big.read(0, bytes);
      return new Tensor(big.dims(), floats(bytes.flip(), big.elementType()));
    }
    TensorProto tensor = initializers.get(weight);
    if (tensor == null) {
      throw new OnnxException("the model has no weight '" + weight + "'");
    }
    long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    ByteBuffer bytes = tensor.getRawData().asReadOnlyByteBuffer();
    return new Tensor(dims, floats(bytes, tensor.getDataType()));
  }

  private static float[] floats(ByteBuffer raw, int type) {
    ByteBuffer bytes = raw.order(ByteOrder.LITTLE_ENDIAN);
    int bits = ElementTypes.bits(type);
    float[] values = new float[bits == 0 ? 0 : bytes.remaining() * Byte.SIZE / bits];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case DataType.FLOAT_VALUE -> bytes.getFloat();
            case DataType.DOUBLE_VALUE -> (float) bytes.getDouble();
            case DataType.FLOAT16_VALUE -> Float.float16ToFloat(bytes.getShort());
            case DataType.BFLOAT16_VALUE -> Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
            case DataType.INT8_VALUE -> bytes.get();
            case DataType.UINT8_VALUE -> Byte.toUnsignedInt(bytes.get());
            case DataType.INT32_VALUE -> bytes.getInt();
            default ->
                throw new OnnxException(ElementTypes.name(type) + " values cannot be compared");
          };
    }
    return values;
  }
}
