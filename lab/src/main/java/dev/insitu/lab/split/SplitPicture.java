package dev.insitu.lab.split;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.insitu.lab.LabException;
import dev.insitu.lab.chart.Line;
import dev.insitu.lab.chart.Line.Stroke;
import dev.insitu.lab.chart.Panels;
import dev.insitu.lab.chart.Panels.Panel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The tables of a recorded {@code insitu bench plan --json} as one picture. */
public final class SplitPicture {

  private static final ObjectMapper JSON = new JsonMapper();
  private static final String ROW = "plan/split/";
  private static final long MOST_BYTES = 16 << 20;

  private SplitPicture() {}

  /**
   * Draws.
   *
   * @param recorded what was printed: a JSON object a line
   * @param picture ends in .png; replaced
   * @return how many cells there are
   * @throws LabException if nothing about splits was recorded
   */
  public static int draw(Path recorded, Path picture) throws IOException {
    List<SplitTable> tables = new ArrayList<>();
    int rows = 0;
    for (String line : lines(recorded)) {
      JsonNode row = JSON.readTree(line);
      String name = row.path("name").asText();
      if (name.startsWith(ROW) && row.path("table").isArray()) {
        List<String> lines = new ArrayList<>();
        row.path("table").forEach(some -> lines.add(some.asText()));
        tables.addAll(SplitTable.read(name.substring(name.lastIndexOf('/') + 1), lines));
        rows++;
      }
    }
    if (tables.isEmpty()) {
      throw new LabException(
          recorded
              + " holds no tables of splits.\nMaybe record one: insitu bench plan --only split --json.");
    }
    new Panels(
            "Mbit/s",
            "speed of the device, of the server's",
            tables.stream().map(SplitPicture::panel).toList(),
            rows)
        .write(picture);
    return tables.stream().mapToInt(table -> table.cells().size()).sum();
  }

  private static List<String> lines(Path recorded) throws IOException {
    if (Files.size(recorded) > MOST_BYTES) {
      throw new LabException(recorded + " has more than " + MOST_BYTES + " bytes.");
    }
    return Files.readAllLines(recorded).stream().filter(line -> line.startsWith("{")).toList();
  }

  private static Panel panel(SplitTable table) {
    List<Line> lines = new ArrayList<>();
    add(lines, table, "the device", 0, cell -> cell.sign() == 'D');
    add(lines, table, "the server", 1, cell -> cell.sign() == 'S');
    add(lines, table, "both", 2, cell -> cell.sign() == '/');
    add(lines, table, "plan over 5 % longer", Panels.CROSS, SplitTable.Cell::off);
    return new Panel(table.title(), lines);
  }

  private static void add(
      List<Line> lines,
      SplitTable table,
      String name,
      int colour,
      Predicate<SplitTable.Cell> which) {
    List<Line.Point> points =
        table.cells().stream()
            .filter(which)
            .map(cell -> new Line.Point(cell.megabits(), cell.speed()))
            .toList();
    if (!points.isEmpty()) {
      lines.add(new Line(name, points, colour, Stroke.NONE));
    }
  }
}
