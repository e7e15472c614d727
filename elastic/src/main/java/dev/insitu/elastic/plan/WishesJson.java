package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Wishes as JSON: their fields as they are met. */
final class WishesJson {

  private OptionalDouble bits = OptionalDouble.empty();
  private OptionalInt depth = OptionalInt.empty();
  private OptionalLong maxBytes = OptionalLong.empty();
  private Optional<Duration> deadline = Optional.empty();
  private OptionalDouble rate = OptionalDouble.empty();
  private OptionalDouble startAgreement = OptionalDouble.empty();
  private Optional<Held> held = Optional.empty();
  private OptionalDouble width = OptionalDouble.empty();

  static byte[] write(Wishes wishes) {
    return Json.write(json -> {
      Json.writeOptional(json, "bits", wishes.bits());
      if (wishes.depth().isPresent()) {
        json.writeNumberField("depth", wishes.depth().getAsInt());
      }
      Json.writeOptional(json, "maxBytes", wishes.maxBytes());
      if (wishes.deadline().isPresent()) {
        json.writeNumberField("deadlineSeconds", wishes.deadline().get().toNanos() * 1e-9);
      }
      Json.writeOptional(json, "rateBitPerSecond", wishes.rate());
      Json.writeOptional(json, "startAgreement", wishes.startAgreement());
      Json.writeOptional(json, "width", wishes.width());
      if (wishes.held().isPresent()) {
        json.writeObjectFieldStart("held");
        HeldJson.write(json, wishes.held().get());
        json.writeEndObject();
      }
    });
  }

  void read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "bits" -> bits = OptionalDouble.of(Json.number(json, name));
      case "depth" -> depth = OptionalInt.of(Json.integer(json, name));
      case "maxBytes" -> maxBytes = OptionalLong.of(Json.whole(json, name));
      case "deadlineSeconds" -> deadline = Optional.of(seconds(json, name));
      case "rateBitPerSecond" -> rate = OptionalDouble.of(Json.number(json, name));
      case "startAgreement" -> startAgreement = OptionalDouble.of(Json.number(json, name));
      case "width" -> width = OptionalDouble.of(Json.number(json, name));
      case "held" -> held = Optional.of(HeldJson.read(json, name));
      default -> json.skipChildren();
    }
  }

  Wishes wishes() {
    return new Wishes(bits, depth, maxBytes, deadline, rate, startAgreement, held, width);
  }

  private static Duration seconds(JsonParser json, String name) throws IOException {
    double seconds = Json.number(json, name);
    if (!(seconds > 0 && seconds < 1e9)) {
      throw ElasticException.invalid(
          "'" + name + "' is " + seconds + "; it must be positive and below 1e9.");
    }
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
