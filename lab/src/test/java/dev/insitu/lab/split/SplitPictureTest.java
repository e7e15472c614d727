package dev.insitu.lab.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.lab.LabException;
import dev.insitu.lab.split.SplitTable.Cell;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitPictureTest {

  private static final List<String> LINES =
      List.of(
          "1 inferences; speed down, Mbit/s across: 0.1000 10.00",
          "  1/1.000    D    S ",
          "  1/1000     /    S!",
          "100 inferences; speed down, Mbit/s across: 0.1000 10.00",
          "  1/1.000    D    D ",
          "  1/1000     D!   / ");

  @TempDir private Path folder;

  private Path recorded(List<String> lines) throws IOException {
    String table = String.join("\",\"", lines);
    return Files.writeString(
        folder.resolve("run.json"),
        """
        {"name":"plan/devices","unit":"of devices","ours":1}
        {"name":"plan/split/some/inputs","unit":"of cells","ours":1,"table":["%s"]}
        {"name":"plan/split/some/measured","unit":"of cells","ours":1}
        """
            .formatted(table));
  }

  @Test
  void linesAreReadAsTheyWereMeant() {
    List<SplitTable> tables = SplitTable.read("inputs", LINES);
    assertEquals(2, tables.size());
    assertEquals("inputs may leave, inferences: 1", tables.getFirst().title());
    assertEquals(
        List.of(
            new Cell(0.1, 1, 'D', false),
            new Cell(10, 1, 'S', false),
            new Cell(0.1, 0.001, '/', false),
            new Cell(10, 0.001, 'S', true)),
        tables.getFirst().cells());
  }

  @Test
  void thePictureHasAPanelForEachNumberOfInferences() throws IOException {
    Path picture = folder.resolve("a.png");
    assertEquals(8, SplitPicture.draw(recorded(LINES), picture));
    BufferedImage image = Objects.requireNonNull(ImageIO.read(picture.toFile()));
    assertEquals(2 * image.getHeight(), image.getWidth());
    Set<Integer> colours = new HashSet<>();
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        colours.add(image.getRGB(x, y) & 0xffffff);
      }
    }
    assertTrue(colours.containsAll(Set.of(0x0072B2, 0xE69F00, 0x009E73)), colours::toString);
  }

  @Test
  void whatIsNoTableIsRefused() throws IOException {
    Path picture = folder.resolve("a.png");
    for (String line : List.of("  1/1.000    D ", "  1/x    D    S ", "  1/1..0    D    S ", "")) {
      Path wrong = recorded(List.of(LINES.getFirst(), line));
      assertThrows(LabException.class, () -> SplitPicture.draw(wrong, picture), line);
    }
    Path empty = Files.writeString(folder.resolve("empty.json"), "\n{}\n");
    assertThrows(LabException.class, () -> SplitPicture.draw(empty, picture));
    Path good = recorded(LINES);
    assertThrows(LabException.class, () -> SplitPicture.draw(good, folder.resolve("a.svg")));
  }
}
