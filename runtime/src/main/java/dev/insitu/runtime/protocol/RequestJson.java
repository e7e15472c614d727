package dev.insitu.runtime.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.plan.Json;
import dev.insitu.runtime.protocol.InferRequest.Output;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Requests as bodies. */
final class RequestJson {

  static final String FROM = "insitu_from";
  static final String TO = "insitu_to";
  static final String MANIFEST = "insitu_manifest";
  private static final String WHAT = "inference request";

  private final TensorsJson tensors;
  private final List<Output> outputs = new ArrayList<>();
  private String id = "";
  private int from;
  private OptionalInt to = OptionalInt.empty();
  private Optional<Digest> manifest = Optional.empty();
  private boolean binaryOutputs;

  private RequestJson(InferenceBody body) {
    this.tensors = new TensorsJson(body);
  }

  static InferRequest read(InferenceBody body) {
    RequestJson fields = new RequestJson(body);
    Json.readObject(body.bytes(), 0, body.end(), WHAT, fields::field);
    return new InferRequest(
        fields.id,
        new Part(fields.from, fields.to, fields.manifest),
        fields.tensors.read(),
        fields.wanted(),
        fields.binaryOutputs);
  }

  private void field(String name, JsonParser json) throws IOException {
    switch (name) {
      case "id" -> id = Json.string(json, name);
      case "inputs" -> tensors.parse(json, name);
      case "outputs" -> Json.readArray(json, name, () -> output(json));
      case "parameters" -> Json.readFields(json, name, this::parameter);
      default -> json.skipChildren();
    }
  }

  private void parameter(String name, JsonParser json) throws IOException {
    switch (name) {
      case FROM -> from = Json.integer(json, name);
      case TO -> to = OptionalInt.of(Json.integer(json, name));
      case MANIFEST -> manifest = Optional.of(Digest.parse(Json.string(json, name)));
      case "binary_data_output" -> binaryOutputs = Json.flag(json, name);
      default -> json.skipChildren();
    }
  }

  /** What an output says of its form may come after it, and what all say after them. */
  private static final class Wanted {
    private String name = "";
    private boolean binary;
    private boolean said;

    void field(String field, JsonParser json) throws IOException {
      switch (field) {
        case "name" -> name = Json.string(json, field);
        case "parameters" -> Json.readFields(json, field, this::parameter);
        default -> json.skipChildren();
      }
    }

    private void parameter(String field, JsonParser json) throws IOException {
      switch (field) {
        case "binary_data" -> {
          binary = Json.flag(json, field);
          said = true;
        }
        case "classification", "shared_memory_region" ->
            throw ElasticException.invalid(
                "Output "
                    + Names.quote(name)
                    + " is wanted with '"
                    + field
                    + "', which is not offered.\nMaybe ask for the values.");
        default -> json.skipChildren();
      }
    }
  }

  private final List<Wanted> wanted = new ArrayList<>();

  private void output(JsonParser json) throws IOException {
    TensorsJson.requireRoom("outputs", wanted.size());
    Wanted next = new Wanted();
    Json.readFields(json, "outputs", next::field);
    wanted.add(next);
  }

  private List<Output> wanted() {
    for (Wanted one : wanted) {
      outputs.add(new Output(one.name, one.said ? one.binary : binaryOutputs));
    }
    return outputs;
  }

  static InferenceBody write(InferRequest request) {
    return TensorsJson.write(
        "inputs",
        request.inputs(),
        name -> true,
        json -> {
          if (!request.id().isEmpty()) {
            json.writeStringField("id", request.id());
          }
          writeParameters(json, request);
          writeOutputs(json, request.outputs());
        });
  }

  private static void writeParameters(JsonGenerator json, InferRequest request) throws IOException {
    Part part = request.part();
    json.writeObjectFieldStart("parameters");
    if (part.from() > 0) {
      json.writeNumberField(FROM, part.from());
    }
    if (part.to().isPresent()) {
      json.writeNumberField(TO, part.to().getAsInt());
    }
    if (part.manifest().isPresent()) {
      json.writeStringField(MANIFEST, part.manifest().get().hex());
    }
    json.writeBooleanField("binary_data_output", request.binaryOutputs());
    json.writeEndObject();
  }

  private static void writeOutputs(JsonGenerator json, List<Output> outputs) throws IOException {
    if (outputs.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("outputs");
    for (Output output : outputs) {
      json.writeStartObject();
      json.writeStringField("name", output.name());
      json.writeObjectFieldStart("parameters");
      json.writeBooleanField("binary_data", output.binary());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
