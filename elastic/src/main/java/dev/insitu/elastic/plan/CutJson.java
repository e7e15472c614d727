package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.plan.CutProfile.Features;
import dev.insitu.elastic.plan.CutProfile.Level;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** What cuts are worth as JSON: the field {@code cuts} of a profile. */
final class CutJson {

  private CutJson() {}

  /** Writes the field, unless there are none. */
  static void write(JsonGenerator json, List<CutProfile> cuts) throws IOException {
    if (cuts.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("cuts");
    for (CutProfile cut : cuts) {
      json.writeStartObject();
      json.writeNumberField("before", cut.before());
      json.writeNumberField("deviceMacs", cut.deviceMacs());
      json.writeNumberField("serverMacs", cut.serverMacs());
      json.writeArrayFieldStart("levels");
      for (Level level : cut.levels()) {
        write(json, level);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Level level) throws IOException {
    json.writeStartObject();
    json.writeNumberField("chunks", level.chunks());
    json.writeNumberField("bytes", level.bytes());
    json.writeArrayFieldStart("features");
    for (Features features : level.features()) {
      json.writeStartObject();
      json.writeNumberField("bits", features.bits());
      json.writeNumberField("bytes", features.bytes());
      json.writeNumberField("agreement", features.agreement());
      Json.writeOptional(json, "accuracy", features.accuracy());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Reads one cut, at whose beginning the parser stands. */
  static CutProfile read(JsonParser json, String what) throws IOException {
    CutFields fields = new CutFields();
    Json.readFields(json, what, fields::read);
    return new CutProfile(fields.before, fields.deviceMacs, fields.serverMacs, fields.levels);
  }

  private static final class CutFields {
    private int before;
    private long deviceMacs;
    private long serverMacs;
    private final List<Level> levels = new ArrayList<>();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "before" -> before = Json.integer(json, name);
        case "deviceMacs" -> deviceMacs = Json.whole(json, name);
        case "serverMacs" -> serverMacs = Json.whole(json, name);
        case "levels" ->
            Json.readArray(
                json,
                name,
                () -> {
                  LevelFields fields = new LevelFields();
                  Json.readFields(json, name, fields::read);
                  levels.add(new Level(fields.chunks, fields.bytes, fields.features));
                });
        default -> json.skipChildren();
      }
    }
  }

  private static final class LevelFields {
    private int chunks;
    private long bytes;
    private final List<Features> features = new ArrayList<>();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "chunks" -> chunks = Json.integer(json, name);
        case "bytes" -> bytes = Json.whole(json, name);
        case "features" ->
            Json.readArray(
                json,
                name,
                () -> {
                  FeatureFields one = new FeatureFields();
                  Json.readFields(json, name, one::read);
                  features.add(new Features(one.bits, one.bytes, one.agreement, one.accuracy));
                });
        default -> json.skipChildren();
      }
    }
  }

  private static final class FeatureFields {
    private int bits;
    private double bytes;
    private double agreement;
    private OptionalDouble accuracy = OptionalDouble.empty();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "bits" -> bits = Json.integer(json, name);
        case "bytes" -> bytes = Json.number(json, name);
        case "agreement" -> agreement = Json.number(json, name);
        case "accuracy" -> accuracy = OptionalDouble.of(Json.number(json, name));
        default -> json.skipChildren();
      }
    }
  }
}
