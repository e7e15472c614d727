package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A device's situation and what it wants: what a plan is made from. Immutable.
 *
 * @param version of the form, 1 or later: fields of later ones that are not known here are kept
 * @param device what it can spare and do
 * @param channel its link
 * @param setting where, when and what for
 * @param held chunks that it has already
 * @param wanted limits, and what is best within them
 * @param unknown fields that are not known here, by name, as JSON; those of {@code held} under
 *     "held/" and their name
 */
public record Situation(
    int version,
    DeviceState device,
    Channel channel,
    Setting setting,
    Optional<Held> held,
    Wanted wanted,
    Map<String, String> unknown) {

  /** The version whose fields are known here. */
  public static final int VERSION = 1;

  /** Most fields that are kept without being known. */
  public static final int MAX_UNKNOWN = 64;

  /** Most characters of these fields together. */
  public static final int MAX_UNKNOWN_CHARACTERS = 65_536;

  /** Nothing is known, and the best is wanted. */
  public static final Situation UNKNOWN =
      new Situation(
          VERSION,
          DeviceState.UNKNOWN,
          Channel.UNKNOWN,
          Setting.UNKNOWN,
          Optional.empty(),
          Wanted.BEST,
          Map.of());

  public Situation {
    Objects.requireNonNull(device);
    Objects.requireNonNull(channel);
    Objects.requireNonNull(setting);
    Objects.requireNonNull(held);
    Objects.requireNonNull(wanted);
    unknown = Collections.unmodifiableMap(new LinkedHashMap<>(unknown));
    if (version < 1) {
      throw ElasticException.invalid("'version' is " + version + "; it must be 1 or more.");
    }
    requireKnown(
        "firstAnswerSeconds",
        wanted.firstAnswerSeconds(),
        "downlinkBitsPerSecond",
        channel.downlinkBitsPerSecond().isPresent());
    requireKnown("latencySeconds", wanted.latencySeconds(), "macsPerSecond", device.hasSpeed());
    requireBounded(unknown);
  }

  private static void requireKnown(
      String name, OptionalDouble limit, String needed, boolean given) {
    if (limit.isPresent() && !given) {
      throw ElasticException.invalid(
          "'"
              + name
              + "' is "
              + limit.getAsDouble()
              + ", but '"
              + needed
              + "' is not given, without which it cannot be judged.\nMaybe give '"
              + needed
              + "' too.");
    }
  }

  private static void requireBounded(Map<String, String> unknown) {
    long characters = 0;
    for (Map.Entry<String, String> field : unknown.entrySet()) {
      characters += field.getKey().length() + field.getValue().length();
    }
    if (unknown.size() > MAX_UNKNOWN || characters > MAX_UNKNOWN_CHARACTERS) {
      throw ElasticException.limit(
          "The situation has "
              + unknown.size()
              + " fields of "
              + characters
              + " characters that are not known; at most "
              + MAX_UNKNOWN
              + " and "
              + MAX_UNKNOWN_CHARACTERS
              + " are kept.");
    }
  }

  /** The same of another device. */
  public Situation withDevice(DeviceState some) {
    return new Situation(version, some, channel, setting, held, wanted, unknown);
  }

  /** The same over another link. */
  public Situation withChannel(Channel some) {
    return new Situation(version, device, some, setting, held, wanted, unknown);
  }

  /** The same with something held. */
  public Situation withHeld(Held some) {
    return new Situation(version, device, channel, setting, Optional.of(some), wanted, unknown);
  }

  /** The same with something else wanted. */
  public Situation withWanted(Wanted some) {
    return new Situation(version, device, channel, setting, held, some, unknown);
  }
}
