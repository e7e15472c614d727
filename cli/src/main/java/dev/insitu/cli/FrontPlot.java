package dev.insitu.cli;

import dev.insitu.elastic.plan.Grid;
import dev.insitu.lab.chart.Chart;
import dev.insitu.lab.chart.Line;
import dev.insitu.lab.chart.Line.Stroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Sub-models over their bytes: in the terminal, and as a chart. */
final class FrontPlot {

  private static final int COLUMNS = 60;
  private static final int ROWS = 12;
  private static final int LABEL = 8;

  private FrontPlot() {}

  /** The front as ● and other sub-models as · over bytes on a logarithmic scale. */
  static String text(Front front) {
    List<Front.Entry> entries =
        front.all().stream().filter(entry -> entry.point().bytes() > 0).toList();
    if (entries.isEmpty()) {
      return "";
    }
    double from = Math.log((double) entries.getFirst().point().bytes());
    double to = Math.log((double) entries.getLast().point().bytes());
    double low = entries.stream().mapToDouble(Front.Entry::value).min().orElse(0);
    double high = entries.stream().mapToDouble(Front.Entry::value).max().orElse(1);
    char[][] cells = new char[ROWS][COLUMNS];
    for (char[] row : cells) {
      Arrays.fill(row, ' ');
    }
    for (Front.Entry entry : entries) {
      int column = place(Math.log((double) entry.point().bytes()), from, to, COLUMNS);
      int row = ROWS - 1 - place(entry.value(), low, high, ROWS);
      if (cells[row][column] != '●') {
        cells[row][column] = entry.best() ? '●' : '·';
      }
    }
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < ROWS; row++) {
      double value = high - (high - low) * row / (ROWS - 1);
      boolean labelled = row == 0 || row == ROWS - 1 || row == ROWS / 2;
      text.append(
              labelled ? String.format(Locale.ROOT, "%6.1f %%", 100 * value) : " ".repeat(LABEL))
          .append(" ┤")
          .append(new String(cells[row]).stripTrailing())
          .append(System.lineSeparator());
    }
    String first = Sizes.format(entries.getFirst().point().bytes());
    String last = Sizes.format(entries.getLast().point().bytes());
    int gap = Math.max(1, COLUMNS - first.length() - last.length());
    return text.append(" ".repeat(LABEL + 1))
        .append('└')
        .append("─".repeat(COLUMNS))
        .append(System.lineSeparator())
        .append(" ".repeat(LABEL + 2))
        .append(first)
        .append(" ".repeat(gap))
        .append(last)
        .toString();
  }

  private static int place(double value, double from, double to, int places) {
    double share = to > from ? (value - from) / (to - from) : 1;
    return (int) Math.round(share * (places - 1));
  }

  /** A line for each depth and width, and the front. */
  static Chart chart(String name, Front front) {
    Map<Grid.Model, List<Line.Point>> models = new LinkedHashMap<>();
    List<Line.Point> best = new ArrayList<>();
    for (Front.Entry entry : front.all()) {
      if (entry.point().bytes() > 0) {
        Line.Point point = new Line.Point(entry.point().bytes() / 1e6, 100 * entry.value());
        models.computeIfAbsent(entry.model(), model -> new ArrayList<>()).add(point);
        if (entry.best()) {
          best.add(point);
        }
      }
    }
    List<Line> lines = new ArrayList<>();
    models.forEach(
        (model, points) -> lines.add(new Line(title(model), points, lines.size(), Stroke.DASHED)));
    if (models.size() > 1) {
      lines.add(new Line("best for its bytes", best, lines.size(), Stroke.SOLID));
    }
    return new Chart(
        name, "bytes sent, MB", front.valueName() + " of the sub-model, %", true, lines);
  }

  private static String title(Grid.Model model) {
    String depth = model.depth().isPresent() ? "depth " + model.depth().getAsInt() : "all segments";
    return String.format(Locale.ROOT, "%s, width %.3g", depth, model.width());
  }
}
