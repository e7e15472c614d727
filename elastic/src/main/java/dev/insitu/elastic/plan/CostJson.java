package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * What models cost, as JSON. How well is predicted between points follows from the points; it is
 * written for people and not read.
 */
final class CostJson {

  private CostJson() {}

  static void write(JsonGenerator json, Profile profile) throws IOException {
    if (profile.costs().isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("costs");
    for (ModelCost cost : profile.costs()) {
      json.writeStartObject();
      json.writeNumberField("depth", cost.depth());
      json.writeNumberField("width", cost.width());
      json.writeNumberField("macs", cost.macs());
      json.writeNumberField("memoryBytes", cost.memoryBytes());
      Json.writeOptional(json, "latencySeconds", cost.latencySeconds());
      json.writeEndObject();
    }
    json.writeEndArray();
    Prediction.Deviation error = Grid.of(profile).predictionError();
    json.writeObjectFieldStart("prediction");
    json.writeStringField("method", Prediction.METHOD);
    json.writeNumberField("heldOutPoints", error.points());
    json.writeNumberField("meanError", error.mean());
    json.writeNumberField("largestError", error.largest());
    json.writeEndObject();
  }

  static ModelCost cost(JsonParser json, String what) throws IOException {
    Fields fields = new Fields();
    Json.readFields(json, what, fields::read);
    return new ModelCost(
        fields.depth, fields.width, fields.macs, fields.memoryBytes, fields.latencySeconds);
  }

  private static final class Fields {
    private int depth;
    private double width = 1;
    private long macs;
    private long memoryBytes;
    private OptionalDouble latencySeconds = OptionalDouble.empty();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "depth" -> depth = Json.integer(json, name);
        case "width" -> width = Json.number(json, name);
        case "macs" -> macs = Json.whole(json, name);
        case "memoryBytes" -> memoryBytes = Json.whole(json, name);
        case "latencySeconds" -> latencySeconds = OptionalDouble.of(Json.number(json, name));
        default -> json.skipChildren();
      }
    }
  }
}
