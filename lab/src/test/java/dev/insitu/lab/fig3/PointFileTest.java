package dev.insitu.lab.fig3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointFileTest {

  private static final Point POINT =
      new Point(Technique.BITS, Retraining.NESTED, "group 1", 4000, 0.0823, 0, 0.6491, 10_000);
  private static final Point WITH_ERRORS =
      new Point(Technique.DEPTH, Retraining.NONE, "exit", 1, 0.5, 1e-3, 0.1, 7);

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("points.csv");
  }

  @Test
  void pointsAreReadAsTheyWereAdded() throws IOException {
    PointFile points = PointFile.open(file);
    points.add(POINT);
    points.add(WITH_ERRORS);
    assertEquals(List.of(POINT, WITH_ERRORS), PointFile.read(file));
    assertEquals(List.of(POINT, WITH_ERRORS), PointFile.open(file).points());
  }

  @Test
  void aPointIsFoundByTechniqueTrainingModelAndErrors() throws IOException {
    PointFile points = PointFile.open(file);
    points.add(POINT);
    points.add(WITH_ERRORS);
    assertEquals(POINT, points.find(Technique.BITS, Retraining.NESTED, "group 1", 0).orElseThrow());
    assertTrue(points.find(Technique.BITS, Retraining.ALONE, "group 1", 0).isEmpty());
    assertTrue(points.find(Technique.DEPTH, Retraining.NONE, "exit", 0).isEmpty());
    assertTrue(points.find(Technique.DEPTH, Retraining.NONE, "exit", 1e-3).isPresent());
  }

  @Test
  void aLastLineThatWasCutIsDropped() throws IOException {
    PointFile.open(file).add(POINT);
    String whole = Files.readString(file);
    Files.writeString(file, whole + "bits,nested,group 2,80");
    PointFile points = PointFile.open(file);
    assertEquals(List.of(POINT), points.points());
    assertEquals(whole, Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bits,nested,group 1,4000,8.2,0,64.9",
        "bites,nested,group 1,4000,8.2,0,64.9,100",
        "bits,nested,group 1,many,8.2,0,64.9,100",
        "bits,nested,group 1,4000,8.2,0,101,100",
        "bits,nested,group 1,4000,8.2,-1,64.9,100",
        "bits,nested,group 1,-4000,8.2,0,64.9,100",
        "bits,nested,group 1,4000,NaN,0,64.9,100",
        "bits,nested,group 1,4000,8.2,0,64.9,0",
      })
  void whatIsNoPointIsRefusedByItsLine(String line) throws IOException {
    Files.writeString(file, PointFile.HEADER + "\n" + line + "\n");
    LabException refused = assertThrows(LabException.class, () -> PointFile.read(file));
    assertTrue(String.valueOf(refused.getMessage()).contains("point"), refused.getMessage());
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Files.writeString(file, "a,b\n1,2\n");
    LabException refused = assertThrows(LabException.class, () -> PointFile.open(file));
    assertTrue(String.valueOf(refused.getMessage()).contains("points.csv"));
  }
}
