package dev.insitu.runtime.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Json;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** The tensors of a body: their descriptions, and their elements in the JSON or behind it. */
final class TensorsJson {

  private static final int MOST_TENSORS = 1024;

  private final InferenceBody body;
  private final List<TensorJson> described = new ArrayList<>();

  TensorsJson(InferenceBody body) {
    this.body = body;
  }

  /** Reads the descriptions, at whose array the parser stands. */
  void parse(JsonParser json, String what) throws IOException {
    Json.readArray(
        json,
        what,
        () -> {
          requireRoom(what, described.size());
          TensorJson tensor = new TensorJson(body);
          Json.readFields(json, what, tensor::field);
          described.add(tensor);
        });
  }

  static void requireRoom(String what, int count) {
    if (count >= MOST_TENSORS) {
      throw ElasticException.invalid(
          "There are more than " + MOST_TENSORS + " " + what + ", the most that are read.");
    }
  }

  /** The tensors by name, in their order; called when the JSON has been read. */
  Map<String, Tensor> read() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    int position = body.end();
    for (TensorJson tensor : described) {
      if (tensors.put(tensor.name(), tensor.read(position)) != null) {
        throw ElasticException.invalid("Tensor '" + tensor.name() + "' is there twice.");
      }
      position += tensor.binaryBytes();
    }
    if (position != body.bytes().length) {
      throw ElasticException.invalid(
          "Behind the tensors follow "
              + (body.bytes().length - position)
              + " bytes that belong to none.");
    }
    return tensors;
  }

  /**
   * Writes a body.
   *
   * @param field that holds the tensors
   * @param binary which of them go behind the JSON
   * @param others writes the other fields
   */
  static InferenceBody write(
      String field, Map<String, Tensor> tensors, Predicate<String> binary, Json.Writing others) {
    byte[] head =
        Json.write(json -> {
          others.to(json);
          json.writeArrayFieldStart(field);
          for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            write(json, tensor.getKey(), tensor.getValue(), binary.test(tensor.getKey()));
          }
          json.writeEndArray();
        });
    long behind = 0;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      behind += binary.test(tensor.getKey()) ? tensor.getValue().bytes().remaining() : 0;
    }
    if (tensors.keySet().stream().noneMatch(binary)) {
      return new InferenceBody(head, OptionalInt.empty());
    }
    return append(head, behind, tensors, binary);
  }

  private static InferenceBody append(
      byte[] head, long behind, Map<String, Tensor> tensors, Predicate<String> binary) {
    if (head.length + behind > Tensor.MAX_BYTES) {
      throw ElasticException.limit(
          "The tensors have " + behind + " bytes; a body has at most " + Tensor.MAX_BYTES + ".");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) (head.length + behind)).put(head);
    tensors.forEach((name, tensor) -> {
      if (binary.test(name)) {
        bytes.put(tensor.bytes());
      }
    });
    return new InferenceBody(bytes.array(), OptionalInt.of(head.length));
  }

  private static void write(JsonGenerator json, String name, Tensor tensor, boolean binary)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", DataTypes.name(tensor.type()));
    json.writeArrayFieldStart("shape");
    for (long dim : tensor.shape()) {
      json.writeNumber(dim);
    }
    json.writeEndArray();
    if (binary) {
      json.writeObjectFieldStart("parameters");
      json.writeNumberField(TensorJson.BINARY_SIZE, tensor.bytes().remaining());
      json.writeEndObject();
    } else {
      json.writeFieldName("data");
      ElementsJson.write(json, name, tensor);
    }
    json.writeEndObject();
  }
}
