package dev.insitu.runtime.protocol;

import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.Json;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a body while it is read. Its fields may come in any order; elements that come
 * before their type and shape are passed over and read when those are known.
 */
final class TensorJson {

  static final String BINARY_SIZE = "binary_data_size";

  private final InferenceBody body;
  private @Nullable String name;
  private @Nullable ElementType type;
  private long @Nullable [] shape;
  private @Nullable Tensor read;
  private int passedOver = -1; // where elements begin whose type was not known
  private int binaryBytes = -1;

  TensorJson(InferenceBody body) {
    this.body = body;
  }

  void field(String field, JsonParser json) throws IOException {
    switch (field) {
      case "name" -> name = Json.string(json, field);
      case "datatype" -> type = DataTypes.of(Json.string(json, field));
      case "shape" -> shape = shape(json);
      case "parameters" -> Json.readFields(json, field, this::parameter);
      case "data" -> data(json);
      default -> json.skipChildren();
    }
  }

  private void parameter(String field, JsonParser json) throws IOException {
    if (field.equals(BINARY_SIZE)) {
      binaryBytes = Json.integer(json, field);
    } else {
      json.skipChildren();
    }
  }

  private long[] shape(JsonParser json) throws IOException {
    List<Long> dims = new ArrayList<>();
    Json.readArray(
        json,
        "shape",
        () -> {
          long dim = Json.whole(json, "shape");
          if (dim < 0 || dims.size() == ValueSpec.MAX_RANK) {
            throw ElasticException.invalid(
                "The shape of "
                    + quoted()
                    + " has a dimension of "
                    + dim
                    + " at place "
                    + dims.size()
                    + "; dimensions are not negative, and at most "
                    + ValueSpec.MAX_RANK
                    + ".");
          }
          dims.add(dim);
        });
    return dims.stream().mapToLong(Long::longValue).toArray();
  }

  private void data(JsonParser json) throws IOException {
    if (type != null && shape != null && name != null) {
      read = ElementsJson.read(json, name, type, shape, elements());
    } else {
      passedOver = (int) json.currentTokenLocation().getByteOffset();
      json.skipChildren();
    }
  }

  /** The number of elements of the shape, which the body must have room for. */
  private int elements() {
    long count = 1;
    for (long dim : shape()) {
      count = dim == 0 ? 0 : count > Integer.MAX_VALUE / dim ? Integer.MAX_VALUE : count * dim;
      if (count == 0) {
        return 0;
      }
    }
    if (count > body.bytes().length) {
      throw ElasticException.invalid(
          "Tensor "
              + quoted()
              + " claims the shape "
              + Arrays.toString(shape)
              + "; the body has only "
              + body.bytes().length
              + " bytes.");
    }
    return (int) count;
  }

  /** Bytes behind the JSON. */
  int binaryBytes() {
    return Math.max(0, binaryBytes);
  }

  String name() {
    return require(name, "name");
  }

  private ElementType type() {
    return require(type, "datatype");
  }

  private long[] shape() {
    return require(shape, "shape");
  }

  private <T> T require(@Nullable T value, String field) {
    if (value == null) {
      throw ElasticException.invalid("Tensor " + quoted() + " has no field '" + field + "'.");
    }
    return value;
  }

  private String quoted() {
    return name == null ? "without a name" : Names.quote(name);
  }

  /**
   * The tensor.
   *
   * @param position of its bytes in the body, if it has some behind the JSON
   */
  Tensor read(int position) {
    name();
    type();
    shape();
    if (binaryBytes >= 0 || binaryBytes < -1) {
      return binary(position);
    }
    if (read != null) {
      return read;
    }
    if (passedOver < 0) {
      throw ElasticException.invalid(
          "Tensor " + quoted() + " has neither data nor the parameter " + BINARY_SIZE + ".");
    }
    return late();
  }

  private Tensor late() {
    Tensor[] found = new Tensor[1];
    byte[] bytes = body.bytes();
    Json.readItem(
        bytes,
        passedOver,
        body.end() - passedOver,
        "data",
        json -> found[0] = ElementsJson.read(json, name(), type(), shape(), elements()));
    return found[0];
  }

  private Tensor binary(int position) {
    if (read != null || passedOver >= 0) {
      throw ElasticException.invalid(
          "Tensor " + quoted() + " has data and the parameter " + BINARY_SIZE + " as well.");
    }
    long expected = (long) elements() * type().bytes();
    int left = body.bytes().length - position;
    if (binaryBytes != expected || left < expected) {
      throw ElasticException.invalid(
          "Tensor "
              + quoted()
              + ", "
              + DataTypes.name(type())
              + Arrays.toString(shape)
              + ", has "
              + expected
              + " bytes; "
              + BINARY_SIZE
              + " is "
              + binaryBytes
              + ", and "
              + left
              + " bytes are left in the body.");
    }
    ByteBuffer bytes = ByteBuffer.wrap(body.bytes(), position, binaryBytes);
    ElementsJson.requireTruth(name(), type(), bytes);
    return Tensor.wrap(type(), bytes, shape());
  }
}
