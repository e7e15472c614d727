package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;

/** The fields of a situation that tell of the link, and of where and when it is. */
final class ChannelJson {

  private static final int DOWN = 0;
  private static final int UP = 1;
  private static final int ROUND_TRIP = 2;
  private static final int LOSS = 3;
  private static final int BIT_ERRORS = 4;

  private static final String[] MEANS = {
    "downlinkBitsPerSecond", "uplinkBitsPerSecond", "roundTripSeconds", "lossRate", "bitErrorRate"
  };
  private static final String[] SPREADS = {
    "downlinkSpreadBitsPerSecond",
    "uplinkSpreadBitsPerSecond",
    "roundTripSpreadSeconds",
    "lossRateSpread",
    "bitErrorRateSpread"
  };

  private final OptionalDouble[] means = new OptionalDouble[MEANS.length];
  private final OptionalDouble[] spreads = new OptionalDouble[MEANS.length];
  private Optional<String> place = Optional.empty();
  private Optional<Instant> time = Optional.empty();
  private Optional<String> application = Optional.empty();

  ChannelJson() {
    Arrays.fill(means, OptionalDouble.empty());
    Arrays.fill(spreads, OptionalDouble.empty());
  }

  static void write(JsonGenerator json, Channel channel, Setting setting) throws IOException {
    write(json, DOWN, channel.downlinkBitsPerSecond());
    write(json, UP, channel.uplinkBitsPerSecond());
    write(json, ROUND_TRIP, channel.roundTripSeconds());
    write(json, LOSS, channel.lossRate());
    write(json, BIT_ERRORS, channel.bitErrorRate());
    if (setting.place().isPresent()) {
      json.writeStringField("place", setting.place().get());
    }
    if (setting.time().isPresent()) {
      json.writeStringField("time", setting.time().get().toString());
    }
    if (setting.application().isPresent()) {
      json.writeStringField("application", setting.application().get());
    }
  }

  private static void write(JsonGenerator json, int which, Optional<Estimate> estimate)
      throws IOException {
    if (estimate.isPresent()) {
      json.writeNumberField(MEANS[which], estimate.get().mean());
      if (estimate.get().spread() > 0) {
        json.writeNumberField(SPREADS[which], estimate.get().spread());
      }
    }
  }

  /** Whether the field is one of these. */
  boolean read(String name, JsonParser json) throws IOException {
    for (int which = 0; which < MEANS.length; which++) {
      if (name.equals(MEANS[which])) {
        means[which] = OptionalDouble.of(number(json, name));
        return true;
      }
      if (name.equals(SPREADS[which])) {
        spreads[which] = OptionalDouble.of(number(json, name));
        return true;
      }
    }
    switch (name) {
      case "place" -> place = Optional.of(Json.string(json, name));
      case "time" -> time = Optional.of(instant(Json.string(json, name)));
      case "application" -> application = Optional.of(Json.string(json, name));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static double number(JsonParser json, String name) throws IOException {
    double value = Json.number(json, name);
    Bounds.number(name, value, 0, Bounds.MOST); // before mean and spread are joined
    return value;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ElasticException(
          ElasticException.Reason.INVALID,
          "'time' is "
              + Names.quote(text)
              + "; it must be a moment in UTC.\nMaybe write it like 2030-01-31T08:00:00Z.",
          e);
    }
  }

  private Optional<Estimate> estimate(int which) {
    if (means[which].isEmpty() && spreads[which].isPresent()) {
      throw ElasticException.invalid(
          "'"
              + SPREADS[which]
              + "' is "
              + spreads[which].getAsDouble()
              + " without '"
              + MEANS[which]
              + "', whose spread it would be.");
    }
    return means[which].isPresent()
        ? Optional.of(new Estimate(means[which].getAsDouble(), spreads[which].orElse(0)))
        : Optional.empty();
  }

  Channel channel() {
    return new Channel(
        estimate(DOWN), estimate(UP), estimate(ROUND_TRIP), estimate(LOSS), estimate(BIT_ERRORS));
  }

  Setting setting() {
    return new Setting(place, time, application);
  }
}
