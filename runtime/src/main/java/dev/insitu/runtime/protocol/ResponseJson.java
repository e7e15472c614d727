package dev.insitu.runtime.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Json;
import dev.insitu.runtime.protocol.InferResponse.Work;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** Answers as bodies. */
final class ResponseJson {

  private static final String WAIT = "insitu_wait_micros";
  private static final String COMPUTE = "insitu_compute_micros";
  private static final String ROWS = "insitu_batch_rows";

  private final TensorsJson tensors;
  private String model = "";
  private String version = "";
  private String id = "";
  private Optional<Digest> manifest = Optional.empty();
  private long wait;
  private long compute = -1;
  private long rows;

  private ResponseJson(InferenceBody body) {
    this.tensors = new TensorsJson(body);
  }

  static InferResponse read(InferenceBody body) {
    ResponseJson fields = new ResponseJson(body);
    Json.readObject(body.bytes(), 0, body.end(), "inference response", fields::field);
    Optional<Work> work =
        fields.compute < 0
            ? Optional.empty()
            : Optional.of(new Work(fields.wait, fields.compute, fields.rows));
    return new InferResponse(
        fields.model, fields.version, fields.id, fields.tensors.read(), fields.manifest, work);
  }

  private void field(String name, JsonParser json) throws IOException {
    switch (name) {
      case "model_name" -> model = Json.string(json, name);
      case "model_version" -> version = Json.string(json, name);
      case "id" -> id = Json.string(json, name);
      case "outputs" -> tensors.parse(json, name);
      case "parameters" -> Json.readFields(json, name, this::parameter);
      default -> json.skipChildren();
    }
  }

  private void parameter(String name, JsonParser json) throws IOException {
    switch (name) {
      case RequestJson.MANIFEST -> manifest = Optional.of(Digest.parse(Json.string(json, name)));
      case WAIT -> wait = Json.whole(json, name);
      case COMPUTE -> compute = Json.whole(json, name);
      case ROWS -> rows = Json.whole(json, name);
      default -> json.skipChildren();
    }
  }

  static InferenceBody write(InferResponse response, Predicate<String> binary) {
    return TensorsJson.write(
        "outputs",
        response.outputs(),
        binary,
        json -> {
          json.writeStringField("model_name", response.model());
          json.writeStringField("model_version", response.version());
          if (!response.id().isEmpty()) {
            json.writeStringField("id", response.id());
          }
          writeParameters(json, response);
        });
  }

  private static void writeParameters(JsonGenerator json, InferResponse response)
      throws IOException {
    json.writeObjectFieldStart("parameters");
    if (response.manifest().isPresent()) {
      json.writeStringField(RequestJson.MANIFEST, response.manifest().get().hex());
    }
    if (response.work().isPresent()) {
      Work work = response.work().get();
      json.writeNumberField(WAIT, work.waitMicros());
      json.writeNumberField(COMPUTE, work.computeMicros());
      json.writeNumberField(ROWS, work.rows());
    }
    json.writeEndObject();
  }
}
