package dev.insitu.runtime.features;

import dev.insitu.elastic.ByteReader;
import dev.insitu.elastic.ByteWriter;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The values at a cut as one message for the way up, and back. Floats are quantised to a grid and
 * entropy coded; integers, and floats that are not to be changed, go as they are. See
 * docs/formats/features.md.
 */
public final class FeatureCodec {

  /** Most bits for a quantised value. */
  public static final int MOST_BITS = 12;

  /** Stands for floats that are not quantised. */
  public static final int EXACT = 32;

  private static final int VERSION = 1;
  private static final int AS_IT_IS = 0;
  private static final int MOST_VALUES = 65_536;
  private static final long MOST_BYTES = Long.MAX_VALUE >> 32; // times a dimension it is a long

  private FeatureCodec() {}

  /**
   * Writes a message as short as possible.
   *
   * @param values by name, in the order of the cut
   * @param bits for a value, 1 to {@link #MOST_BITS}, or {@link #EXACT}: how fine the grid is. A
   *     message has fewer, as it is entropy coded
   * @throws InferenceException INPUT if a float to be quantised is infinite or no number, naming it
   */
  public static byte[] encode(Map<String, Tensor> values, int bits) {
    return encode(values, bits, FeatureCoding.CONTEXTS);
  }

  /**
   * Writes a message.
   *
   * @param values by name, in the order of the cut
   * @param bits for a value, 1 to {@link #MOST_BITS}, or {@link #EXACT}: how fine the grid is
   * @param coding of what is on a grid
   * @throws InferenceException INPUT if a float to be quantised is infinite or no number, naming it
   */
  public static byte[] encode(Map<String, Tensor> values, int bits, FeatureCoding coding) {
    if (bits != EXACT && (bits < 1 || bits > MOST_BITS)) {
      throw new IllegalArgumentException(
          "Features have 1 to " + MOST_BITS + " bits, or " + EXACT + ", not " + bits);
    }
    ByteWriter out = new ByteWriter().u8(VERSION).varint(values.size());
    values.forEach((name, value) -> write(out, name, value, bits, coding));
    return out.toBytes();
  }

  private static void write(
      ByteWriter out, String name, Tensor value, int bits, FeatureCoding coding) {
    long[] shape = value.shape();
    out.u8(value.type().onnx()).u8(shape.length);
    for (long dim : shape) {
      out.varint(dim);
    }
    if (bits == EXACT || !value.type().floating() || value.size() == 0) {
      out.u8(AS_IT_IS);
      out.bytes(value.bytes());
    } else {
      GridCoding.write(out, floats(name, value), shape, bits, coding);
    }
  }

  private static float[] floats(String name, Tensor value) {
    float[] floats = value.floats();
    for (int i = 0; i < floats.length; i++) {
      if (!Float.isFinite(floats[i])) {
        throw new InferenceException(
            InferenceException.Reason.INPUT,
            "Value '"
                + name
                + "' is "
                + floats[i]
                + " at element "
                + i
                + " of "
                + value
                + "; only finite features can be quantised.\nMaybe send them exactly, or look for"
                + " the layer that makes them.");
      }
    }
    return floats;
  }

  /**
   * Reads a message.
   *
   * @param names of the values at the cut, in its order
   * @param mostBytes most bytes of all values together once they are read
   * @return the values by name, in that order
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
   */
  public static Map<String, Tensor> decode(
      ByteBuffer message, Collection<String> names, long mostBytes) {
    ByteReader in = new ByteReader("feature message", message);
    int count = begin(in);
    if (count != names.size()) {
      throw in.corrupt("it has " + count + " values; the cut has " + names.size());
    }
    Map<String, Tensor> values = new LinkedHashMap<>();
    long left = mostBytes;
    for (String name : names) {
      Tensor value = read(in, name, left);
      left -= value.bytes().remaining();
      values.put(name, value);
    }
    in.end();
    return values;
  }

  /**
   * How many bytes a message's values take when they are read, as it says itself. Nothing is
   * unpacked.
   *
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
   */
  public static long unpackedBytes(ByteBuffer message) {
    ByteReader in = new ByteReader("feature message", message);
    int count = begin(in);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      String name = "value " + i;
      ElementType type = type(in, name);
      long elements = elements(shape(in, name));
      sum = Math.min(MOST_BYTES, sum + elements * Math.max(Float.BYTES, type.bytes()));
      if (in.u8() != AS_IT_IS) {
        GridCoding.passOverHead(in);
      }
      in.slice(in.count("the bytes of '" + name + "'", Integer.MAX_VALUE));
    }
    in.end();
    return sum;
  }

  /** Reads up to the first value, and how many there are. */
  private static int begin(ByteReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new ElasticException(
          ElasticException.Reason.TOO_NEW,
          "The feature message has version "
              + version
              + "; "
              + VERSION
              + " is known.\nMaybe update this software.");
    }
    return in.itemCount("the number of values", MOST_VALUES);
  }

  private static long[] shape(ByteReader in, String name) {
    long[] shape = new long[in.count("the rank of '" + name + "'", Tensor.MAX_RANK)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.count("a dimension of '" + name + "'", Integer.MAX_VALUE);
    }
    return shape;
  }

  /** How many there are, or more than can be. */
  private static long elements(long[] shape) {
    long elements = 1;
    for (long dim : shape) {
      elements = Math.min(MOST_BYTES, elements * dim);
    }
    return elements;
  }

  private static Tensor read(ByteReader in, String name, long mostBytes) {
    ElementType type = type(in, name);
    long[] shape = shape(in, name);
    long elements = elements(shape);
    if (elements * Math.max(Float.BYTES, type.bytes()) > mostBytes) {
      throw ElasticException.limit(
          "Value '"
              + name
              + "' of the feature message has "
              + elements
              + " elements; "
              + mostBytes
              + " bytes are left for it.");
    }
    int how = in.u8();
    if (how == AS_IT_IS) {
      int bytes = (int) (elements * type.bytes());
      if (in.count("the bytes of '" + name + "'", bytes) != bytes) {
        throw in.corrupt("'" + name + "' has not the " + bytes + " bytes of its shape");
      }
      byte[] copy = new byte[bytes];
      in.slice(bytes).get(copy);
      return Tensor.wrap(type, ByteBuffer.wrap(copy), shape);
    }
    boolean onGrid = how == GridCoding.IN_CONTEXTS || how == GridCoding.IN_STREAMS;
    if (!onGrid || !type.floating() || elements == 0) {
      throw in.corrupt("'" + name + "' is coded in a way that does not exist (" + how + ")");
    }
    float[] floats = GridCoding.read(in, how, shape, (int) elements, most(type));
    return Tensor.ofFloats(type, floats, shape);
  }

  /** The largest finite value of a type, at most float32's. */
  private static float most(ElementType type) {
    return switch (type) {
      case FLOAT16 -> 65_504;
      case BFLOAT16 -> Float.intBitsToFloat(0x7f7f0000);
      default -> Float.MAX_VALUE;
    };
  }

  private static ElementType type(ByteReader in, String name) {
    int number = in.u8();
    for (ElementType type : ElementType.values()) {
      if (type.onnx() == number && Tensor.carries(type)) {
        return type;
      }
    }
    throw in.corrupt("'" + name + "' has element type " + number + ", which is not carried");
  }
}
