package dev.insitu.elastic;

import java.util.regex.Pattern;

/** The rules for names that become path elements and URLs. */
public final class Names {

  private static final Pattern MODEL = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  private static final int MOST_QUOTED = 80;

  private Names() {}

  /**
   * Refuses a model name that is not an OCI repository name of one component of at most 128
   * characters.
   */
  public static String requireModelName(String name) {
    if (name.length() > 128 || !MODEL.matcher(name).matches()) {
      throw ElasticException.invalid(
          quote(name)
              + " is not a model name: lower-case letters and digits with . _ __ or - between them, at most 128.\n"
              + "Maybe use "
              + quote(suggest(name))
              + ".");
    }
    return name;
  }

  /** Refuses a version that is not an OCI tag. */
  public static String requireVersion(String version) {
    if (!VERSION.matcher(version).matches()) {
      throw ElasticException.invalid(
          quote(version) + " is not a version: letters, digits, . _ - and at most 128 characters.");
    }
    return version;
  }

  /** The nearest model name to any text, as for a file name. */
  public static String suggest(String text) {
    String plain = text.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String trimmed = plain.replaceAll("^-+|-+$", "");
    if (trimmed.isEmpty()) {
      return "model";
    }
    return trimmed.length() <= 128 ? trimmed : trimmed.substring(0, 128).replaceAll("-+$", "");
  }

  /**
   * A text from outside in quotes, as it may stand in a message: at most 80 characters of it, and
   * no control characters.
   */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder("'");
    for (int i = 0; i < Math.min(text.length(), MOST_QUOTED); i++) {
      char c = text.charAt(i);
      quoted.append(
          Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return quoted.append(text.length() > MOST_QUOTED ? "…'" : "'").toString();
  }
}
