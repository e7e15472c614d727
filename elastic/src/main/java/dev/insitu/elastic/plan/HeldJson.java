package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a device holds as JSON: its fields as they are met. */
final class HeldJson {

  private final Json.FieldReading unknown;
  private Optional<Digest> manifest = Optional.empty();
  private List<Range> chunks = List.of();

  private HeldJson(Json.FieldReading unknown) {
    this.unknown = unknown;
  }

  /** Writes the fields of the object that has been begun. */
  static void write(JsonGenerator json, Held held) throws IOException {
    json.writeStringField("manifest", held.manifest().hex());
    Json.writeRanges(json, "chunks", held.chunks());
  }

  static Held read(JsonParser json, String what) throws IOException {
    return read(json, what, (name, at) -> at.skipChildren());
  }

  /**
   * @param unknown what is done with fields that are not known
   */
  static Held read(JsonParser json, String what, Json.FieldReading unknown) throws IOException {
    HeldJson fields = new HeldJson(unknown);
    Json.readFields(json, what, fields::read);
    Digest manifest =
        fields.manifest.orElseThrow(() -> ElasticException.invalid("'held' names no manifest."));
    return new Held(manifest, fields.chunks);
  }

  private void read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "manifest" -> manifest = Optional.of(Digest.parse(Json.string(json, name)));
      case "chunks" -> chunks = Json.ranges(json, name);
      default -> unknown.read(name, json);
    }
  }
}
