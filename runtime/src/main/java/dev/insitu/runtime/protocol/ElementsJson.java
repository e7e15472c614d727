package dev.insitu.runtime.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.Json;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The elements of a tensor as JSON: one array in C order, flat or nested as one likes. */
final class ElementsJson {

  private final String name;
  private final ElementType type;
  private final float[] floats;
  private final ByteBuffer bytes;

  private ElementsJson(String name, ElementType type, int elements) {
    this.name = name;
    this.type = type;
    this.floats = new float[isSmallFloat(type) ? elements : 0];
    this.bytes =
        ByteBuffer.allocate(isSmallFloat(type) ? 0 : elements * type.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static boolean isSmallFloat(ElementType type) {
    return type.floating() && type != ElementType.FLOAT64;
  }

  /**
   * Reads the array at which the parser stands, to its last token.
   *
   * @param elements of the shape, bounded
   */
  static Tensor read(JsonParser json, String name, ElementType type, long[] shape, int elements)
      throws IOException {
    if ((long) elements * type.bytes() > Tensor.MAX_BYTES) {
      throw ElasticException.limit(
          "Tensor " + Names.quote(name) + " has " + elements + " elements, which is too many.");
    }
    ElementsJson into = new ElementsJson(name, type, elements);
    into.readAll(json, shape, elements);
    return isSmallFloat(type)
        ? Tensor.ofFloats(type, into.floats, shape)
        : Tensor.wrap(type, into.bytes, shape);
  }

  private void readAll(JsonParser json, long[] shape, int elements) throws IOException {
    int count = 0;
    int depth = 0;
    JsonToken token = json.currentToken();
    do {
      if (token == JsonToken.START_ARRAY && depth < ValueSpec.MAX_RANK) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else if (depth > 0 && token != null && token.isScalarValue()) {
        if (count == elements) {
          throw wrongCount("more than " + elements, shape);
        }
        put(json, count++);
      } else {
        throw ElasticException.invalid(
            "The data of " + Names.quote(name) + " is no array of numbers.");
      }
    } while (depth > 0 && (token = json.nextToken()) != null);
    if (count < elements) {
      throw wrongCount(Integer.toString(count), shape);
    }
  }

  private ElasticException wrongCount(String count, long[] shape) {
    return ElasticException.invalid(
        "Tensor "
            + Names.quote(name)
            + " has the shape "
            + Arrays.toString(shape)
            + "; its data has "
            + count
            + " elements.");
  }

  private void put(JsonParser json, int index) throws IOException {
    switch (type) {
      case FLOAT64 -> bytes.putDouble(8 * index, finite(Json.number(json, name)));
      case FLOAT32, FLOAT16, BFLOAT16 -> floats[index] = (float) number(json);
      case BOOL -> bytes.put(index, (byte) (truth(json) ? 1 : 0));
      case UINT64 -> bytes.putLong(8 * index, unsigned(json));
      case INT64 -> bytes.putLong(8 * index, whole(json, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT32 -> bytes.putInt(4 * index, (int) whole(json, 0, 0xffffffffL));
      case INT32 ->
          bytes.putInt(4 * index, (int) whole(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case UINT16 -> bytes.putShort(2 * index, (short) whole(json, 0, 0xffff));
      case INT16 ->
          bytes.putShort(2 * index, (short) whole(json, Short.MIN_VALUE, Short.MAX_VALUE));
      case UINT8 -> bytes.put(index, (byte) whole(json, 0, 0xff));
      case INT8 -> bytes.put(index, (byte) whole(json, Byte.MIN_VALUE, Byte.MAX_VALUE));
      default -> throw new IllegalStateException(type + " is not carried");
    }
  }

  private double number(JsonParser json) throws IOException {
    double number = Json.number(json, name);
    finite((float) number);
    return number;
  }

  private double finite(double number) {
    if (!Double.isFinite(number)) {
      throw outOfRange("a number beyond its range");
    }
    return number;
  }

  private static boolean truth(JsonParser json) throws IOException {
    return json.currentToken().isBoolean() ? json.getBooleanValue() : Json.whole(json, "data") != 0;
  }

  private long whole(JsonParser json, long least, long most) throws IOException {
    long number = Json.whole(json, name);
    if (number < least || number > most) {
      throw outOfRange(Long.toString(number));
    }
    return number;
  }

  private long unsigned(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      return Json.whole(json, name); // which refuses it
    }
    BigInteger number = json.getBigIntegerValue();
    if (number.signum() < 0 || number.bitLength() > Long.SIZE) {
      throw outOfRange(number.toString());
    }
    return number.longValue();
  }

  private ElasticException outOfRange(String number) {
    return ElasticException.invalid(
        "The data of "
            + Names.quote(name)
            + " holds "
            + number
            + "; its type is "
            + DataTypes.name(type)
            + ".");
  }

  /** Refuses booleans that are neither 0 nor 1, of which the engine would make anything. */
  static void requireTruth(String name, ElementType type, ByteBuffer bytes) {
    if (type != ElementType.BOOL) {
      return;
    }
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      if ((bytes.get(i) & 0xfe) != 0) {
        throw ElasticException.invalid(
            "Tensor " + Names.quote(name) + " is BOOL and holds " + (bytes.get(i) & 0xff) + ".");
      }
    }
  }

  /** Writes the elements as one flat array. */
  static void write(JsonGenerator json, String name, Tensor tensor) throws IOException {
    json.writeStartArray();
    switch (tensor.type()) {
      case FLOAT32, FLOAT16, BFLOAT16 -> {
        for (float value : tensor.floats()) {
          requireFinite(name, value);
          json.writeNumber(value);
        }
      }
      case FLOAT64 -> {
        ByteBuffer bytes = tensor.bytes();
        for (int i = 0; i < tensor.size(); i++) {
          double value = bytes.getDouble();
          requireFinite(name, value);
          json.writeNumber(value);
        }
      }
      case BOOL -> {
        for (long value : tensor.longs()) {
          json.writeBoolean(value != 0);
        }
      }
      case UINT64 -> {
        for (long value : tensor.longs()) {
          json.writeNumber(new BigInteger(Long.toUnsignedString(value)));
        }
      }
      default -> {
        for (long value : tensor.longs()) {
          json.writeNumber(value);
        }
      }
    }
    json.writeEndArray();
  }

  private static void requireFinite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw ElasticException.invalid(
          "Output "
              + Names.quote(name)
              + " holds "
              + value
              + ", which JSON cannot say.\nMaybe ask for it as bytes (binary_data).");
    }
  }
}
