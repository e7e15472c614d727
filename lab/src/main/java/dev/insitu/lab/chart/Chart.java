package dev.insitu.lab.chart;

import dev.insitu.lab.LabException;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A picture of lines. Needs no screen.
 *
 * @param title above it
 * @param xTitle below it, with the unit
 * @param yTitle beside it, with the unit
 * @param logarithmic whether equal distances along x are equal factors; all x are then above 0
 * @param lines at least one
 */
public record Chart(
    String title, String xTitle, String yTitle, boolean logarithmic, List<Line> lines) {

  private static final int WIDTH = 1100;
  private static final int HEIGHT = 720;
  private static final float LINE = 2f;
  private static final float[] DASHES = {8, 5};
  private static final float[] DOTS = {2, 4};
  private static final int MARK = 7;

  /** Told apart by people who see colours differently too (Okabe and Ito 2008). */
  static final List<Color> COLOURS =
      List.of(
          new Color(0x0072B2),
          new Color(0xE69F00),
          new Color(0x009E73),
          new Color(0xCC79A7),
          new Color(0xD55E00),
          new Color(0x56B4E9),
          new Color(0x000000));

  public Chart {
    lines = List.copyOf(lines);
    if (lines.isEmpty()) {
      throw new LabException("There is nothing to draw in '" + title + "'.");
    }
  }

  /**
   * Writes the picture.
   *
   * @param file ends in .png or .svg; replaced
   * @throws LabException if it ends otherwise
   */
  public void write(Path file) throws IOException {
    System.setProperty("java.awt.headless", "true");
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (!name.endsWith(".png") && !name.endsWith(".svg")) {
      throw new LabException(file + " is to be a picture.\nMaybe end its name in .png or .svg.");
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      if (name.endsWith(".png")) {
        BitmapEncoder.saveBitmap(drawn(), out, BitmapFormat.PNG);
      } else {
        VectorGraphicsEncoder.saveVectorGraphic(drawn(), out, VectorGraphicsFormat.SVG);
      }
    }
  }

  private XYChart drawn() {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart
        .getStyler()
        .setXAxisLogarithmic(logarithmic)
        .setLegendPosition(LegendPosition.OutsideE)
        .setLegendBorderColor(Color.WHITE)
        .setMarkerSize(MARK)
        .setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setLocale(Locale.ROOT);
    lines.forEach(line -> add(line, chart));
    return chart;
  }

  private static void add(Line line, XYChart chart) {
    double[] x = line.points().stream().mapToDouble(Line.Point::x).toArray();
    double[] y = line.points().stream().mapToDouble(Line.Point::y).toArray();
    XYSeries series = chart.addSeries(line.name(), x, y);
    Color colour = COLOURS.get(line.colour() % COLOURS.size());
    series.setLineColor(colour);
    series.setMarkerColor(colour);
    series.setMarker(
        switch (line.stroke()) {
          case SOLID -> SeriesMarkers.CIRCLE;
          case DASHED -> SeriesMarkers.SQUARE;
          case DOTTED -> SeriesMarkers.CROSS;
          case NONE -> SeriesMarkers.DIAMOND;
        });
    series.setLineStyle(
        switch (line.stroke()) {
          case SOLID -> new BasicStroke(LINE);
          case DASHED -> dashed(DASHES);
          case DOTTED -> dashed(DOTS);
          case NONE -> new BasicStroke(0, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, DOTS, 0);
        });
    if (line.stroke() == Line.Stroke.NONE) {
      series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }
  }

  private static BasicStroke dashed(float[] pattern) {
    return new BasicStroke(LINE, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, pattern, 0);
  }
}
