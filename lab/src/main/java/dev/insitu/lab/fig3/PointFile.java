package dev.insitu.lab.fig3;

import dev.insitu.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Measured points as a CSV file, each on disk as soon as it is measured, so that a killed process
 * loses none. Not thread-safe.
 */
final class PointFile {

  static final String HEADER =
      "technique,retraining,model,bytes,size_percent,bit_error_rate,accuracy_percent,pictures";

  private static final int FIELDS = 8;
  private static final long MOST_BYTES = 16 << 20;

  private final Path file;
  private final List<Point> points;

  private PointFile(Path file, List<Point> points) {
    this.file = file;
    this.points = new ArrayList<>(points);
  }

  /**
   * Opens a file, or begins one; a last line that was not written to its end is dropped.
   *
   * @throws LabException if it is no file of points
   */
  static PointFile open(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.writeString(file, HEADER + "\n");
    }
    List<Point> points = read(file);
    Files.writeString(file, text(points));
    return new PointFile(file, points);
  }

  /**
   * The points in a file.
   *
   * @throws LabException if a line is none, with its number
   */
  static List<Point> read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new LabException(
          file + " has " + Files.size(file) + " bytes; at most " + MOST_BYTES + " are read.");
    }
    String text = Files.readString(file);
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new LabException(file + " does not begin with '" + HEADER + "'.");
    }
    boolean cut = !text.endsWith("\n");
    List<Point> points = new ArrayList<>();
    for (int i = 1; i < lines.size() - (cut ? 1 : 0); i++) {
      points.add(point(lines.get(i), file + ":" + (i + 1)));
    }
    return points;
  }

  private static Point point(String line, String place) {
    String[] fields = line.split(",", -1);
    if (fields.length != FIELDS) {
      throw new LabException(
          place + " has " + fields.length + " fields; a point has " + FIELDS + ".");
    }
    try {
      return new Point(
          Technique.valueOf(fields[0].toUpperCase(Locale.ROOT)),
          Retraining.valueOf(fields[1].toUpperCase(Locale.ROOT)),
          fields[2],
          Long.parseLong(fields[3]),
          Double.parseDouble(fields[4]) / 100,
          Double.parseDouble(fields[5]),
          Double.parseDouble(fields[6]) / 100,
          Integer.parseInt(fields[7]));
    } catch (IllegalArgumentException e) {
      throw new LabException(place + " is no point: " + e.getMessage());
    }
  }

  static String text(List<Point> points) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    points.forEach(point -> text.append(line(point)));
    return text.toString();
  }

  private static String line(Point point) {
    return String.format(
        Locale.ROOT,
        "%s,%s,%s,%d,%.4f,%s,%.2f,%d%n",
        point.technique().id(),
        point.retraining().id(),
        point.model(),
        point.bytes(),
        100 * point.size(),
        point.bitErrorRate() == 0 ? "0" : Double.toString(point.bitErrorRate()),
        100 * point.accuracy(),
        point.pictures());
  }

  /** All points so far, as they came. */
  List<Point> points() {
    return List.copyOf(points);
  }

  /** A point that was measured before. */
  Optional<Point> find(Technique technique, Retraining retraining, String model, double errors) {
    return points.stream()
        .filter(point -> point.isOf(technique, retraining, model, errors))
        .findFirst();
  }

  /** Adds a point for good. */
  void add(Point point) throws IOException {
    Files.writeString(file, line(point), StandardOpenOption.APPEND);
    points.add(point);
  }
}
