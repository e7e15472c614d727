package dev.insitu.elastic.plan;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Where, when and what for.
 *
 * @param place as the operator calls places
 * @param time of the situation
 * @param application that asks
 */
public record Setting(
    Optional<String> place, Optional<Instant> time, Optional<String> application) {

  /** Nothing is known. */
  public static final Setting UNKNOWN =
      new Setting(Optional.empty(), Optional.empty(), Optional.empty());

  public Setting {
    Objects.requireNonNull(time);
    Bounds.text("place", place);
    Bounds.text("application", application);
  }
}
