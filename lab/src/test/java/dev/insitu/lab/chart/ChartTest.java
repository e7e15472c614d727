package dev.insitu.lab.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.lab.LabException;
import dev.insitu.lab.chart.Line.Stroke;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {

  private static final Chart CHART =
      new Chart(
          "title",
          "size, %",
          "right, %",
          true,
          List.of(
              Line.of("one", 0, Stroke.SOLID, 1, 10, 10, 60, 100, 65),
              Line.of("two", 1, Stroke.DASHED, 1, 5, 10, 50),
              Line.of("three", 2, Stroke.DOTTED, 2, 5, 20, 50),
              Line.of("four", 3, Stroke.NONE, 3, 30)));

  @TempDir Path folder;

  @Test
  void aPngHoldsTheColoursOfItsLines() throws IOException {
    Path file = folder.resolve("a.png");
    CHART.write(file);
    BufferedImage image = Objects.requireNonNull(ImageIO.read(file.toFile()));
    boolean blue = false;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        blue |= (image.getRGB(x, y) & 0xffffff) == 0x0072B2;
      }
    }
    assertTrue(blue);
    assertEquals(1100, image.getWidth());
  }

  @Test
  void anSvgIsText() throws IOException {
    Path file = folder.resolve("a.SVG");
    CHART.write(file);
    String text = Files.readString(file);
    assertTrue(text.contains("<svg"), text.substring(0, 200));
  }

  @Test
  void otherEndingsAreRefused() {
    LabException refused =
        assertThrows(LabException.class, () -> CHART.write(folder.resolve("a.jpg")));
    assertTrue(String.valueOf(refused.getMessage()).contains(".png or .svg"));
  }

  @Test
  void nothingIsNotDrawn() {
    assertThrows(LabException.class, () -> new Chart("t", "x", "y", false, List.of()));
  }
}
