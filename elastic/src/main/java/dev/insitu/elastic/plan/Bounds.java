package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Checks of values from outside: each refuses by the field's name, its value and the limit. */
final class Bounds {

  static final long MOST_BYTES = 1L << 60;
  static final double MOST = 1e18;
  static final double MOST_SECONDS = 1e9;
  static final int MOST_TEXT = 256;
  static final int MOST_NAMES = 32;

  private Bounds() {}

  static void bytes(String name, OptionalLong value) {
    if (value.isPresent() && (value.getAsLong() < 0 || value.getAsLong() > MOST_BYTES)) {
      throw refused(name, value.getAsLong(), "0 to 2^60");
    }
  }

  static void whole(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw refused(name, value, least + " to " + most);
    }
  }

  static void number(String name, OptionalDouble value, double least, double most) {
    value.ifPresent(some -> number(name, some, least, most));
  }

  static void number(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw refused(name, value, text(least) + " to " + text(most));
    }
  }

  static void positive(String name, OptionalDouble value, double most) {
    if (value.isPresent() && !(value.getAsDouble() > 0 && value.getAsDouble() <= most)) {
      throw refused(name, value.getAsDouble(), "above 0 and at most " + text(most));
    }
  }

  static void estimate(String name, String spreadName, Optional<Estimate> value, double most) {
    if (value.isPresent()) {
      number(name, value.get().mean(), 0, most);
      number(spreadName, value.get().spread(), 0, most);
    }
  }

  static void text(String name, Optional<String> value) {
    value.ifPresent(some -> text(name, some));
  }

  static void text(String name, String value) {
    if (value.isEmpty() || value.length() > MOST_TEXT) {
      throw ElasticException.invalid(
          "'"
              + name
              + "' has "
              + value.length()
              + " characters; it must have 1 to "
              + MOST_TEXT
              + ".");
    }
  }

  static void names(String name, List<String> values) {
    if (values.size() > MOST_NAMES) {
      throw ElasticException.limit(
          "'" + name + "' has " + values.size() + " entries; at most " + MOST_NAMES + " are read.");
    }
    values.forEach(value -> text(name, value));
    if (values.stream().distinct().count() != values.size()) {
      throw ElasticException.invalid("'" + name + "' names something twice: " + quoted(values));
    }
  }

  private static String quoted(List<String> values) {
    StringBuilder text = new StringBuilder();
    values.forEach(value -> text.append(text.length() == 0 ? "" : ", ").append(Names.quote(value)));
    return text.append('.').toString();
  }

  private static ElasticException refused(String name, Object value, String limit) {
    return ElasticException.invalid("'" + name + "' is " + value + "; it must be " + limit + ".");
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
