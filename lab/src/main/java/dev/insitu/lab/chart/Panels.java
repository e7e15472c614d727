package dev.insitu.lab.chart;

import dev.insitu.lab.LabException;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A picture of several fields of squares, side by side. Both axes are logarithmic. Needs no screen.
 *
 * @param xTitle below each
 * @param yTitle beside each
 * @param panels at least one
 * @param rows in how many rows they stand
 */
public record Panels(String xTitle, String yTitle, List<Panel> panels, int rows) {

  /** Colour of the line whose points are crosses on top of squares. */
  public static final int CROSS = 6;

  private static final int SIDE = 420;
  private static final int SQUARE = 24;
  private static final double ROOM = 1.7; // factor around the outermost points, for their squares

  /**
   * A field.
   *
   * @param title above it
   * @param lines points of one colour each; lines of the same name are explained alike
   */
  public record Panel(String title, List<Line> lines) {

    public Panel {
      lines = List.copyOf(lines);
    }
  }

  public Panels {
    panels = List.copyOf(panels);
    if (panels.isEmpty() || rows < 1) {
      throw new LabException(panels.size() + " panels in " + rows + " rows cannot be drawn.");
    }
  }

  /**
   * Writes the picture.
   *
   * @param file ends in .png; replaced
   * @throws LabException if it ends otherwise
   */
  public void write(Path file) throws IOException {
    System.setProperty("java.awt.headless", "true");
    if (!String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new LabException(file + " is to be a picture of panels.\nMaybe end its name in .png.");
    }
    List<XYChart> charts = panels.stream().map(this::drawn).toList();
    int columns = (charts.size() + rows - 1) / rows;
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(charts, rows, columns, out, BitmapFormat.PNG);
    }
  }

  private XYChart drawn(Panel panel) {
    XYChart chart =
        new XYChartBuilder()
            .width(SIDE)
            .height(SIDE)
            .title(panel.title())
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart
        .getStyler()
        .setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter)
        .setXAxisLogarithmic(true)
        .setYAxisLogarithmic(true)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setMarkerSize(SQUARE)
        .setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesVisible(false).setLocale(Locale.ROOT);
    panel.lines().forEach(line -> add(line, chart));
    DoubleSummaryStatistics x = range(panel, Line.Point::x);
    DoubleSummaryStatistics y = range(panel, Line.Point::y);
    chart
        .getStyler()
        .setXAxisMin(x.getMin() / ROOM)
        .setXAxisMax(x.getMax() * ROOM)
        .setYAxisMin(y.getMin() / ROOM)
        .setYAxisMax(y.getMax() * ROOM);
    return chart;
  }

  private static DoubleSummaryStatistics range(Panel panel, ToDoubleFunction<Line.Point> of) {
    return panel.lines().stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(of)
        .summaryStatistics();
  }

  private static void add(Line line, XYChart chart) {
    double[] x = line.points().stream().mapToDouble(Line.Point::x).toArray();
    double[] y = line.points().stream().mapToDouble(Line.Point::y).toArray();
    XYSeries series = chart.addSeries(line.name(), x, y);
    series.setMarkerColor(Chart.COLOURS.get(line.colour() % Chart.COLOURS.size()));
    series.setMarker(line.colour() == CROSS ? SeriesMarkers.CROSS : SeriesMarkers.SQUARE);
  }
}
