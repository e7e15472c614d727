package dev.insitu.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Reads rate traces from CSV with a header line. Two layouts are known by their columns; others are
 * ignored:
 *
 * <ul>
 *   <li>{@code seconds,kbit}: how long a step lasts (decimal) and its rate in kbit/s.
 *   <li>{@code Timestamp,...,DL_bitrate}: one row a measurement, {@code 2019.12.16_13.40.04} and
 *       kbit/s, as in the 5G production data set (Raca et al., MMSys 2020). A row holds until the
 *       next row with a later time, the last one for a second; of rows with the same time the last
 *       counts.
 * </ul>
 *
 * Fields are not quoted. At most {@link RateTrace#MAX_STEPS} rows of 4,096 characters are read.
 */
public final class RateTraceCsv {
  private static final int MAX_LINE = 4_096;
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu.MM.dd_HH.mm.ss", Locale.ROOT);

  private RateTraceCsv() {}

  /**
   * Reads a whole trace; does not close the reader.
   *
   * @throws IOException if reading fails or the text is no such trace; the message names the line
   */
  public static RateTrace read(BufferedReader reader) throws IOException {
    return read(reader, "DL_bitrate");
  }

  /**
   * Reads a whole trace whose measured rates stand in the given column, {@code UL_bitrate} for
   * instance; does not close the reader.
   */
  public static RateTrace read(BufferedReader reader, String rateColumn) throws IOException {
    List<String> header = fields(line(reader, 1), 1);
    int seconds = header.indexOf("seconds");
    int kbit = header.indexOf("kbit");
    int timestamp = header.indexOf("Timestamp");
    int rate = header.indexOf(rateColumn);
    try {
      if (seconds >= 0 && kbit >= 0) {
        return RateTrace.of(durations(reader, seconds, kbit));
      }
      if (timestamp >= 0 && rate >= 0) {
        return RateTrace.of(measurements(reader, timestamp, rate));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("rate trace: " + e.getMessage(), e);
    }
    throw new IOException(
        String.format(
            "rate trace: columns %s are neither seconds,kbit nor Timestamp,%s%n"
                + "Maybe the header line is missing",
            abbreviated(header.toString()), rateColumn));
  }

  private static List<RateTrace.Step> durations(BufferedReader reader, int seconds, int kbit)
      throws IOException {
    List<RateTrace.Step> steps = new ArrayList<>();
    for (int number = 2; ; number++) {
      String line = line(reader, number);
      if (line.isEmpty()) {
        return steps;
      }
      List<String> fields = fields(line, number);
      double lasts = number(fields, seconds, number);
      long nanos = (long) Math.min(lasts * 1e9, 1e18);
      steps.add(step(Duration.ofNanos(nanos), number(fields, kbit, number), number));
    }
  }

  private static List<RateTrace.Step> measurements(BufferedReader reader, int timestamp, int rate)
      throws IOException {
    List<RateTrace.Step> steps = new ArrayList<>();
    LocalDateTime since = LocalDateTime.MIN;
    double kbit = 0;
    for (int number = 2; ; number++) {
      String line = line(reader, number);
      if (line.isEmpty()) {
        if (number > 2) {
          steps.add(step(Duration.ofSeconds(1), kbit, number));
        }
        return steps;
      }
      List<String> fields = fields(line, number);
      LocalDateTime time = time(fields, timestamp, number);
      if (number > 2 && time.isAfter(since)) {
        steps.add(step(Duration.between(since, time), kbit, number));
      }
      kbit = number(fields, rate, number);
      since = number == 2 || time.isAfter(since) ? time : since;
    }
  }

  private static RateTrace.Step step(Duration duration, double kbit, int line) throws IOException {
    try {
      return new RateTrace.Step(duration, Math.round(kbit * 1000));
    } catch (IllegalArgumentException e) {
      throw new IOException(String.format("rate trace: line %d: %s", line, e.getMessage()), e);
    }
  }

  /** The line without its end, empty at the end of the text. */
  private static String line(BufferedReader reader, int number) throws IOException {
    if (number > RateTrace.MAX_STEPS + 1) {
      throw new IOException(String.format("rate trace: more than %d rows", RateTrace.MAX_STEPS));
    }
    StringBuilder line = new StringBuilder();
    for (int c = reader.read(); c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() == MAX_LINE) {
        throw new IOException(
            String.format("rate trace: line %d is longer than %d characters", number, MAX_LINE));
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static List<String> fields(String line, int number) throws IOException {
    if (line.isEmpty()) {
      throw new IOException(String.format("rate trace: line %d is empty", number));
    }
    return Arrays.stream(line.split(",", -1))
        .map(String::strip)
        .collect(Collectors.toUnmodifiableList());
  }

  private static double number(List<String> fields, int column, int line) throws IOException {
    String text = field(fields, column, line);
    try {
      double value = Double.parseDouble(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException ignored) {
      // Reported below together with negative numbers and NaN.
    }
    throw new IOException(
        String.format(
            "rate trace: line %d: \"%s\" is no number of 0 or more", line, abbreviated(text)));
  }

  private static LocalDateTime time(List<String> fields, int column, int line) throws IOException {
    String text = field(fields, column, line);
    try {
      return LocalDateTime.parse(text, TIMESTAMP);
    } catch (DateTimeException e) {
      throw new IOException(
          String.format(
              "rate trace: line %d: \"%s\" is no time like 2019.12.16_13.40.04",
              line, abbreviated(text)),
          e);
    }
  }

  private static String field(List<String> fields, int column, int line) throws IOException {
    if (column >= fields.size()) {
      throw new IOException(
          String.format(
              "rate trace: line %d has %d fields, column %d is needed",
              line, fields.size(), column + 1));
    }
    return fields.get(column);
  }

  private static String abbreviated(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
