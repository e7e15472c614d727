package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A situation as JSON: one flat object, so that every field can be said on a command line too.
 * Fields that are not known are kept as they are.
 */
final class SituationJson {

  private static final String IN_HELD = "held/";

  private int version = Situation.VERSION;
  private final DeviceJson device = new DeviceJson();
  private final ChannelJson channel = new ChannelJson();
  private final WantedJson wanted = new WantedJson();
  private Optional<Held> held = Optional.empty();
  private final Map<String, String> unknown = new LinkedHashMap<>();
  private long unknownCharacters;

  static byte[] write(Situation situation) {
    return Json.write(json -> {
      json.writeNumberField("version", situation.version());
      DeviceJson.write(json, situation.device());
      ChannelJson.write(json, situation.channel(), situation.setting());
      if (situation.held().isPresent()) {
        json.writeObjectFieldStart("held");
        HeldJson.write(json, situation.held().get());
        writeUnknown(json, situation, true);
        json.writeEndObject();
      }
      WantedJson.write(json, situation.wanted());
      writeUnknown(json, situation, false);
    });
  }

  private static void writeUnknown(JsonGenerator json, Situation situation, boolean inHeld)
      throws IOException {
    for (Map.Entry<String, String> field : situation.unknown().entrySet()) {
      String name = field.getKey();
      if (name.startsWith(IN_HELD) == inHeld) {
        json.writeFieldName(inHeld ? name.substring(IN_HELD.length()) : name);
        json.writeRawValue(field.getValue());
      }
    }
  }

  void read(String name, JsonParser json) throws IOException {
    if (device.read(name, json) || channel.read(name, json) || wanted.read(name, json)) {
      return;
    }
    switch (name) {
      case "version" -> version = Json.integer(json, name);
      case "held" ->
          held = Optional.of(HeldJson.read(json, name, (inner, at) -> keep(IN_HELD + inner, at)));
      default -> keep(name, json);
    }
  }

  private void keep(String name, JsonParser json) throws IOException {
    String value = Json.raw(json);
    unknownCharacters += name.length() + value.length();
    if (unknownCharacters > Situation.MAX_UNKNOWN_CHARACTERS
        || unknown.size() >= Situation.MAX_UNKNOWN) {
      throw ElasticException.limit(
          "The situation has more than "
              + Situation.MAX_UNKNOWN
              + " fields or "
              + Situation.MAX_UNKNOWN_CHARACTERS
              + " characters that are not known.");
    }
    unknown.put(name, value);
  }

  Situation situation() {
    return new Situation(
        version,
        device.state(),
        channel.channel(),
        channel.setting(),
        held,
        wanted.wanted(),
        unknown);
  }
}
