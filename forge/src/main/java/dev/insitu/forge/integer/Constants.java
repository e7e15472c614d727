package dev.insitu.forge.integer;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Tensors inside a graph, as numbers. */
public final class Constants {

  private Constants() {}

  /** Number of elements. */
  public static long elements(TensorProto tensor) {
    long count = 1;
    for (long dim : tensor.getDimsList()) {
      count *= dim;
    }
    return count;
  }

  /** The dimensions. */
  public static long[] dims(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** The values of a float32 tensor; null if it is of another type or incomplete. */
  static float @Nullable [] floats(@Nullable TensorProto tensor) {
    if (tensor == null || tensor.getDataType() != DataType.FLOAT_VALUE) {
      return null;
    }
    float[] values = new float[Math.toIntExact(elements(tensor))];
    if (tensor.getRawData().size() == values.length * Float.BYTES) {
      little(tensor.getRawData()).asFloatBuffer().get(values);
      return values;
    }
    if (tensor.getFloatDataCount() != values.length) {
      return null;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getFloatData(i);
    }
    return values;
  }

  /** The values of an int64 tensor; null if it is of another type or incomplete. */
  static long @Nullable [] longs(@Nullable TensorProto tensor) {
    if (tensor == null || tensor.getDataType() != DataType.INT64_VALUE) {
      return null;
    }
    long[] values = new long[Math.toIntExact(elements(tensor))];
    if (tensor.getRawData().size() == values.length * Long.BYTES) {
      little(tensor.getRawData()).asLongBuffer().get(values);
      return values;
    }
    if (tensor.getInt64DataCount() != values.length) {
      return null;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getInt64Data(i);
    }
    return values;
  }

  private static ByteBuffer little(ByteString bytes) {
    return bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A float32 tensor; a scalar without dimensions. */
  public static TensorProto ofFloats(String name, float[] values, long... dims) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return of(name, DataType.FLOAT_VALUE, bytes, dims);
  }

  static TensorProto ofInts(String name, int[] values, long... dims) {
    ByteBuffer bytes = buffer(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return of(name, DataType.INT32_VALUE, bytes, dims);
  }

  /** An int64 tensor. */
  public static TensorProto ofLongs(String name, long[] values, long... dims) {
    ByteBuffer bytes = buffer(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return of(name, DataType.INT64_VALUE, bytes, dims);
  }

  /** A tensor of uint8 or int8. */
  static TensorProto ofBytes(String name, int type, byte[] values, long... dims) {
    return of(name, type, ByteBuffer.wrap(values), dims);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorProto of(String name, int type, ByteBuffer bytes, long[] dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(ByteString.copyFrom(bytes));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }
}
