package dev.insitu.elastic;

import java.util.regex.Pattern;

/** The rules for names that become path elements and URLs. */
public final class Names {

  private static final Pattern MODEL = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");

  private Names() {}

  /**
   * Refuses a model name that is not an OCI repository name of one component of at most 128
   * characters.
   */
  public static String requireModelName(String name) {
    if (name.length() > 128 || !MODEL.matcher(name).matches()) {
      throw ElasticException.invalid(
          "'"
              + cut(name)
              + "' is not a model name: lower-case letters and digits with . _ __ or - between them, at most 128.\n"
              + "Maybe use '"
              + cut(suggest(name))
              + "'.");
    }
    return name;
  }

  /** Refuses a version that is not an OCI tag. */
  public static String requireVersion(String version) {
    if (!VERSION.matcher(version).matches()) {
      throw ElasticException.invalid(
          "'"
              + cut(version)
              + "' is not a version: letters, digits, . _ - and at most 128 characters.");
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

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
