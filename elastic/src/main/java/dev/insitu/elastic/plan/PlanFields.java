package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Plan.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A plan as JSON: its fields as they are met. */
final class PlanFields {

  private Optional<Digest> id = Optional.empty();
  private Optional<Digest> manifest = Optional.empty();
  private Optional<Digest> base = Optional.empty();
  private String model = "";
  private String version = "";
  private ManifestForm form = ManifestForm.WHOLE;
  private boolean difference;
  private List<Range> chunks = List.of();
  private long manifestBytes;
  private long chunkBytes;
  private int starterChunks;
  private long starterBytes;
  private OptionalDouble startAgreement = OptionalDouble.empty();
  private OptionalDouble agreement = OptionalDouble.empty();
  private OptionalDouble accuracy = OptionalDouble.empty();
  private String reason = "";
  private final List<Refused> refused = new ArrayList<>();

  static byte[] write(Plan plan) {
    return Json.write(json -> {
      Content content = plan.content();
      json.writeStringField("id", plan.id().hex());
      json.writeStringField("model", plan.model());
      json.writeStringField("version", plan.version());
      json.writeStringField("manifest", content.manifest().hex());
      json.writeStringField("manifestForm", content.form().name());
      if (content.base().isPresent()) {
        json.writeStringField("base", content.base().get().hex());
      }
      json.writeBooleanField("difference", content.difference());
      Json.writeRanges(json, "chunks", content.chunks());
      json.writeNumberField("manifestBytes", plan.manifestBytes());
      json.writeNumberField("chunkBytes", plan.chunkBytes());
      json.writeNumberField("starterChunks", plan.starterChunks());
      json.writeNumberField("starterBytes", plan.starterBytes());
      Json.writeOptional(json, "startAgreement", plan.expected().startAgreement());
      Json.writeOptional(json, "agreement", plan.expected().agreement());
      Json.writeOptional(json, "accuracy", plan.expected().accuracy());
      json.writeStringField("reason", plan.reason());
      json.writeArrayFieldStart("refused");
      for (Refused refused : plan.refused()) {
        json.writeStartObject();
        json.writeStringField("what", refused.what());
        json.writeStringField("why", refused.why());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  void read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "id" -> id = Optional.of(Digest.parse(Json.string(json, name)));
      case "model" -> model = Json.string(json, name);
      case "version" -> version = Json.string(json, name);
      case "manifest" -> manifest = Optional.of(Digest.parse(Json.string(json, name)));
      case "manifestForm" -> form = form(Json.string(json, name));
      case "base" -> base = Optional.of(Digest.parse(Json.string(json, name)));
      case "difference" -> difference = Json.flag(json, name);
      case "chunks" -> chunks = Json.ranges(json, name);
      case "manifestBytes" -> manifestBytes = Json.whole(json, name);
      case "chunkBytes" -> chunkBytes = Json.whole(json, name);
      case "starterBytes" -> starterBytes = Json.whole(json, name);
      case "starterChunks" -> starterChunks = Json.integer(json, name);
      case "startAgreement" -> startAgreement = OptionalDouble.of(Json.number(json, name));
      case "agreement" -> agreement = OptionalDouble.of(Json.number(json, name));
      case "accuracy" -> accuracy = OptionalDouble.of(Json.number(json, name));
      case "reason" -> reason = Json.string(json, name);
      case "refused" -> Json.readArray(json, name, () -> refused.add(refused(json, name)));
      default -> json.skipChildren();
    }
  }

  Plan plan() {
    Digest named =
        manifest.orElseThrow(() -> ElasticException.invalid("The plan names no manifest."));
    Content content = new Content(named, form, base, difference, chunks);
    if (id.isPresent() && !id.get().equals(content.id())) {
      throw ElasticException.corrupt(
          "The plan's id " + id.get().brief() + " is not its content's digest.");
    }
    return new Plan(
        Names.requireModelName(model),
        Names.requireVersion(version),
        content,
        manifestBytes,
        chunkBytes,
        starterChunks,
        starterBytes,
        new Expected(startAgreement, agreement, accuracy),
        reason,
        refused);
  }

  private static ManifestForm form(String text) {
    for (ManifestForm form : ManifestForm.values()) {
      if (form.name().equals(text)) {
        return form;
      }
    }
    throw ElasticException.invalid(
        "'manifestForm' is " + Names.quote(text) + "; HELD, WHOLE or PATCH.");
  }

  private static Refused refused(JsonParser json, String what) throws IOException {
    String[] texts = {"", ""};
    Json.readFields(
        json,
        what,
        (name, at) -> {
          switch (name) {
            case "what" -> texts[0] = Json.string(at, name);
            case "why" -> texts[1] = Json.string(at, name);
            default -> at.skipChildren();
          }
        });
    return new Refused(texts[0], texts[1]);
  }
}
