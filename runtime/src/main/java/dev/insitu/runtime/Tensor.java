package dev.insitu.runtime;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A value that goes into or comes out of a model: an element type, a shape, and the elements in C
 * order, little-endian. Independent of the engine. Immutable, as long as nobody writes to a buffer
 * given to {@link #wrap}.
 */
public final class Tensor {

  /** Most bytes of one tensor: what one buffer holds. */
  public static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  /** Most dimensions. */
  public static final int MAX_RANK = 64;

  private final ElementType type;
  private final long[] shape;
  private final ByteBuffer data;

  private Tensor(ElementType type, long[] shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /** A float32 tensor; the values are copied. */
  public static Tensor of(float[] values, long... shape) {
    Tensor made = allocate(ElementType.FLOAT32, values.length, shape);
    made.data.asFloatBuffer().put(values);
    return made;
  }

  /** An int64 tensor; the values are copied. */
  public static Tensor of(long[] values, long... shape) {
    Tensor made = allocate(ElementType.INT64, values.length, shape);
    made.data.asLongBuffer().put(values);
    return made;
  }

  /** An int32 tensor; the values are copied. */
  public static Tensor of(int[] values, long... shape) {
    Tensor made = allocate(ElementType.INT32, values.length, shape);
    made.data.asIntBuffer().put(values);
    return made;
  }

  /** A tensor of zeros. */
  public static Tensor zeros(ElementType type, long... shape) {
    return allocate(type, elementCount(shape), shape);
  }

  /**
   * A tensor over the remaining bytes of a buffer, without a copy: nobody may write to it
   * afterwards. A direct buffer goes to the engine as it is; another is copied at every run.
   *
   * @param bytes the elements in C order, little-endian
   */
  public static Tensor wrap(ElementType type, ByteBuffer bytes, long... shape) {
    long expected = byteCount(type, elementCount(shape));
    if (bytes.remaining() != expected) {
      throw InferenceException.input(
          "A "
              + describe(type, shape)
              + " has "
              + expected
              + " bytes; the buffer holds "
              + bytes.remaining()
              + ".");
    }
    return new Tensor(type, shape.clone(), bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
  }

  /**
   * A tensor of a floating type; the values are rounded to it.
   *
   * @param type float16, bfloat16, float32 or float64
   */
  public static Tensor ofFloats(ElementType type, float[] values, long... shape) {
    Tensor made = allocate(type, values.length, shape);
    ByteBuffer data = made.data;
    for (int i = 0; i < values.length; i++) {
      switch (type) {
        case FLOAT32 -> data.putFloat(4 * i, values[i]);
        case FLOAT64 -> data.putDouble(8 * i, values[i]);
        case FLOAT16 -> data.putShort(2 * i, Fp16Conversions.floatToFp16(values[i]));
        case BFLOAT16 -> data.putShort(2 * i, Fp16Conversions.floatToBf16(values[i]));
        default -> throw made.wrongKind("floating");
      }
    }
    return made;
  }

  /** Whether values of a type can enter and leave a model. */
  public static boolean carries(ElementType type) {
    return type.onnx() <= ElementType.BFLOAT16.onnx() && type.onnx() != 14 && type.onnx() != 15;
  }

  private static Tensor allocate(ElementType type, long count, long[] shape) {
    if (count != elementCount(shape)) {
      throw InferenceException.input(
          "A "
              + describe(type, shape)
              + " has "
              + elementCount(shape)
              + " elements; "
              + count
              + " were given.");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) byteCount(type, count));
    return new Tensor(type, shape.clone(), bytes.order(ByteOrder.LITTLE_ENDIAN));
  }

  private static long elementCount(long[] shape) {
    if (shape.length > MAX_RANK) {
      throw InferenceException.input(
          "A tensor has at most " + MAX_RANK + " dimensions, not " + shape.length + ".");
    }
    long count = 1;
    boolean zero = false;
    for (long dim : shape) {
      if (dim < 0) {
        throw InferenceException.input(
            "The shape " + Arrays.toString(shape) + " has a negative dimension.");
      }
      zero |= dim == 0;
      count = dim != 0 && count > MAX_BYTES / dim ? Long.MAX_VALUE : count * Math.max(dim, 1);
    }
    return zero ? 0 : count;
  }

  private static long byteCount(ElementType type, long count) {
    if (!carries(type)) {
      throw new InferenceException(
          InferenceException.Reason.UNSUPPORTED,
          "Values of type "
              + type
              + " cannot enter or leave a model.\nMaybe add a Cast node at the model's edge.");
    }
    if (count > MAX_BYTES / type.bytes()) {
      throw InferenceException.input(
          "A tensor has at most " + MAX_BYTES + " bytes; " + count + " x " + type + " are more.");
    }
    return count * type.bytes();
  }

  public ElementType type() {
    return type;
  }

  /** The dimensions; empty for a scalar. A copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public long size() {
    return data.capacity() / type.bytes();
  }

  /** All elements in C order, little-endian. A read-only view. */
  public ByteBuffer bytes() {
    return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements of a tensor of any floating type as float32. A new array. */
  public float[] floats() {
    float[] values = new float[(int) size()];
    switch (type) {
      case FLOAT32 -> data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      case FLOAT64 -> fill(values, i -> (float) data.getDouble(8 * i));
      case FLOAT16 -> fill(values, i -> Fp16Conversions.fp16ToFloat(data.getShort(2 * i)));
      case BFLOAT16 -> fill(values, i -> Fp16Conversions.bf16ToFloat(data.getShort(2 * i)));
      default -> throw wrongKind("floating");
    }
    return values;
  }

  /** The elements of a tensor of any integer type, or of booleans, as int64. A new array. */
  public long[] longs() {
    long[] values = new long[(int) size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case INT64, UINT64 -> data.getLong(8 * i);
            case INT32 -> data.getInt(4 * i);
            case UINT32 -> data.getInt(4 * i) & 0xffffffffL;
            case INT16 -> data.getShort(2 * i);
            case UINT16 -> data.getShort(2 * i) & 0xffff;
            case INT8 -> data.get(i);
            case UINT8, BOOL -> data.get(i) & 0xff;
            default -> throw wrongKind("integer");
          };
    }
    return values;
  }

  private interface FloatAt {
    float at(int index);
  }

  private static void fill(float[] values, FloatAt source) {
    for (int i = 0; i < values.length; i++) {
      values[i] = source.at(i);
    }
  }

  private InferenceException wrongKind(String wanted) {
    return InferenceException.input("A " + this + " has no " + wanted + " elements.");
  }

  /** Whether an element is NaN or infinite; never for integers. */
  public boolean hasNonFinite() {
    if (!type.floating()) {
      return false;
    }
    for (float value : floats()) {
      if (!Float.isFinite(value)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && type == tensor.type
        && Arrays.equals(shape, tensor.shape)
        && data.equals(tensor.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, Arrays.hashCode(shape), data);
  }

  /** Type and shape, as in {@code FLOAT32[1, 3, 224, 224]}. */
  @Override
  public String toString() {
    return describe(type, shape);
  }

  private static String describe(ElementType type, long[] shape) {
    return type + Arrays.toString(shape);
  }
}
