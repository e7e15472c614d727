package dev.insitu.cli;

import java.util.Locale;

/** Bytes and rates for people and from people. */
final class Sizes {

  private Sizes() {}

  /** As in "1.25 MB" (10^6 bytes). */
  static String format(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    String[] units = {"kB", "MB", "GB", "TB"};
    double value = bytes / 1000.0;
    int unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT,
        value < 9.995 ? "%.2f %s" : value < 99.95 ? "%.1f %s" : "%.0f %s",
        value,
        units[unit]);
  }

  /** Bits per weight, as in "4.25"; nothing to be said of a model without weights is "-". */
  static String bits(double bitsPerWeight) {
    return bitsPerWeight == 0 ? "-" : String.format(Locale.ROOT, "%.2f", bitsPerWeight);
  }

  /**
   * Reads "800k", "12M", "1G" (powers of ten) or "64KiB", "1MiB" (powers of two), with or without
   * B.
   */
  static long parse(String text) {
    String plain = text.strip().toLowerCase(Locale.ROOT).replaceAll("b$", "");
    long factor = 1;
    String number = plain;
    for (String[] unit :
        new String[][] {
          {"ki", "1024"},
          {"mi", "1048576"},
          {"gi", "1073741824"},
          {"k", "1000"},
          {"m", "1000000"},
          {"g", "1000000000"}
        }) {
      if (plain.endsWith(unit[0])) {
        factor = Long.parseLong(unit[1]);
        number = plain.substring(0, plain.length() - unit[0].length());
        break;
      }
    }
    try {
      double value = Double.parseDouble(number.strip()) * factor;
      if (!(value >= 0 && value < 9e15)) {
        throw new NumberFormatException();
      }
      return (long) value;
    } catch (NumberFormatException e) {
      throw new CliException(
          "'"
              + text
              + "' is not a number of bytes or bits.\nMaybe write it like 800k, 12M or 64KiB.");
    }
  }
}
