package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.protobuf.ByteString;
import dev.insitu.model.ElementTypes;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns tensors into arrays and back: floating-point types become float32, integers and booleans
 * int64.
 */
final class Tensors {

  private Tensors() {}

  /** Most elements of an array. */
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE / 8;

  /** Whether the type becomes float32. */
  static boolean isReal(int type) {
    return type == DataType.FLOAT_VALUE
        || type == DataType.DOUBLE_VALUE
        || type == DataType.FLOAT16_VALUE
        || type == DataType.BFLOAT16_VALUE;
  }

  /** The values of a tensor that carries them. */
  static NDArray array(TensorProto tensor, NDManager manager) {
    long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer();
    return array(tensor.getName(), tensor.getDataType(), dims, raw, manager);
  }

  /** The values of a weight in a file. */
  static NDArray array(Weight weight, NDManager manager) {
    if (weight.byteLength() > Integer.MAX_VALUE) {
      throw tooBig(weight.name(), weight.elements());
    }
    ByteBuffer raw = ByteBuffer.allocate((int) weight.byteLength());
    weight.read(0, raw);
    return array(weight.name(), weight.elementType(), weight.dims(), raw.flip(), manager);
  }

  private static NDArray array(
      String name, int type, long[] dims, ByteBuffer raw, NDManager manager) {
    long elements = ElementTypes.elements(dims);
    if (elements > MAX_ELEMENTS) {
      throw tooBig(name, elements);
    }
    raw = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
    int count = (int) elements;
    int bits = ElementTypes.bits(type);
    if (bits < 8 || raw.remaining() != count * (bits / 8)) {
      throw new TrainException(
          "Tensor '" + name + "' of type " + ElementTypes.name(type) + " cannot be computed with.");
    }
    if (isReal(type)) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = real(raw, type);
      }
      return Torch.floats(manager, values, dims);
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = integer(raw, type, name);
    }
    NDArray array = Torch.longs(manager, values, dims);
    return type == DataType.BOOL_VALUE
        ? array.toType(ai.djl.ndarray.types.DataType.BOOLEAN, false)
        : array;
  }

  private static float real(ByteBuffer raw, int type) {
    return switch (type) {
      case DataType.FLOAT_VALUE -> raw.getFloat();
      case DataType.DOUBLE_VALUE -> (float) raw.getDouble();
      case DataType.FLOAT16_VALUE -> Float.float16ToFloat(raw.getShort());
      default -> Float.intBitsToFloat(raw.getShort() << 16);
    };
  }

  private static long integer(ByteBuffer raw, int type, String name) {
    return switch (type) {
      case DataType.INT64_VALUE, DataType.UINT64_VALUE -> raw.getLong();
      case DataType.INT32_VALUE -> raw.getInt();
      case DataType.UINT32_VALUE -> Integer.toUnsignedLong(raw.getInt());
      case DataType.INT16_VALUE -> raw.getShort();
      case DataType.UINT16_VALUE -> Short.toUnsignedLong(raw.getShort());
      case DataType.INT8_VALUE -> raw.get();
      case DataType.UINT8_VALUE, DataType.BOOL_VALUE -> Byte.toUnsignedLong(raw.get());
      default ->
          throw new TrainException(
              "Tensor '"
                  + name
                  + "' is "
                  + ElementTypes.name(type)
                  + ", which is not computed with.");
    };
  }

  /** An array's values in a floating-point type of ONNX, little-endian. */
  static ByteBuffer bytes(NDArray array, int type) {
    float[] values = array.toFloatArray();
    int size = ElementTypes.bits(type) / 8;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, size)).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case DataType.FLOAT_VALUE -> bytes.putFloat(value);
        case DataType.DOUBLE_VALUE -> bytes.putDouble(value);
        case DataType.FLOAT16_VALUE -> bytes.putShort(Float.floatToFloat16(value));
        default -> bytes.putShort(brain(value));
      }
    }
    return bytes.flip();
  }

  /** A bfloat16, rounded to even. */
  private static short brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  /** The tensor with an array's values. */
  static TensorProto tensor(TensorProto like, NDArray array) {
    return like.toBuilder()
        .setRawData(ByteString.copyFrom(bytes(array, like.getDataType())))
        .build();
  }

  private static TrainException tooBig(String name, long elements) {
    return new TrainException(
        "Tensor '"
            + name
            + "' has "
            + elements
            + " elements; at most "
            + MAX_ELEMENTS
            + " can be trained.");
  }
}
