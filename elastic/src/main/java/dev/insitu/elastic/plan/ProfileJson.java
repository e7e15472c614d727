package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.plan.Profile.Point;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** A profile as JSON: its fields as they are met. */
final class ProfileJson {

  private int samples;
  private final List<Point> points = new ArrayList<>();

  static byte[] write(Profile profile) {
    return Json.write(json -> {
      json.writeNumberField("samples", profile.samples());
      json.writeArrayFieldStart("points");
      for (Point point : profile.points()) {
        json.writeStartObject();
        json.writeNumberField("chunks", point.chunks());
        json.writeNumberField("bytes", point.bytes());
        json.writeNumberField("bitsPerWeight", point.bitsPerWeight());
        json.writeNumberField("agreement", point.agreement());
        Json.writeOptional(json, "accuracy", point.accuracy());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  void read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "samples" -> samples = Json.integer(json, name);
      case "points" -> Json.readArray(json, name, () -> points.add(point(json, name)));
      default -> json.skipChildren();
    }
  }

  Profile profile() {
    return new Profile(samples, points);
  }

  private static Point point(JsonParser json, String what) throws IOException {
    PointFields fields = new PointFields();
    Json.readFields(json, what, fields::read);
    return new Point(
        fields.chunks, fields.bytes, fields.bitsPerWeight, fields.agreement, fields.accuracy);
  }

  private static final class PointFields {
    private int chunks;
    private long bytes;
    private double bitsPerWeight;
    private double agreement;
    private OptionalDouble accuracy = OptionalDouble.empty();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "chunks" -> chunks = Json.integer(json, name);
        case "bytes" -> bytes = Json.whole(json, name);
        case "bitsPerWeight" -> bitsPerWeight = Json.number(json, name);
        case "agreement" -> agreement = Json.number(json, name);
        case "accuracy" -> accuracy = OptionalDouble.of(Json.number(json, name));
        default -> json.skipChildren();
      }
    }
  }
}
