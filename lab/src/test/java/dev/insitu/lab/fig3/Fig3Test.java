package dev.insitu.lab.fig3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.lab.LabException;
import dev.insitu.train.zoo.ResNet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole experiment on drawn pictures, with next to no training. */
class Fig3Test {

  private static final int CLASSES = 10;
  private static final int PIXELS = 3 * 32 * 32;

  @TempDir Path folder;

  @BeforeEach
  void draw() throws IOException {
    Files.write(
        folder.resolve("root.onnx"), ResNet.build("tiny", "test", 1, CLASSES, 1).toByteArray());
    Files.write(folder.resolve("train.bin"), pictures(40, 2));
    Files.write(folder.resolve("test.bin"), pictures(30, 3));
  }

  private static byte[] pictures(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[PIXELS];
      random.nextBytes(pixels);
      out.write(0); // the coarse class
      out.write(random.nextInt(CLASSES));
      out.writeBytes(pixels);
    }
    return out.toByteArray();
  }

  private Settings settings(String out, int steps, Optional<Path> packages) {
    return new Settings(
        folder.resolve("root.onnx"), folder, folder.resolve(out), packages, steps, 4, 20, 1, 1);
  }

  @Test
  void everythingIsMeasuredOnceAndCanBeDrawnAgain() throws IOException {
    List<String> jobs = new ArrayList<>();
    Settings settings = settings("out", 1, Optional.empty());
    Fig3.Result first =
        new Fig3(
                settings,
                (what, done, total, left) -> {
                  if (done == 0) {
                    jobs.add(what);
                  }
                })
            .run();
    assertEveryCurveHasPoints(first.points());
    assertTrue(Files.size(first.picture()) > 10_000);
    assertTrue(jobs.getFirst().startsWith("1/"), jobs.getFirst());
    goesOnWhereItWas(settings, first);
    drawsAgain(first);
  }

  private static void assertEveryCurveHasPoints(List<Point> points) {
    for (Technique technique : Technique.values()) {
      for (Retraining retraining : Retraining.values()) {
        long count =
            points.stream()
                .filter(p -> p.technique() == technique && p.retraining() == retraining)
                .count();
        assertTrue(count >= 1, technique + ", " + retraining + ": " + count + " points");
      }
    }
    assertTrue(points.stream().allMatch(point -> point.pictures() == 20));
  }

  /** A line that is lost is measured again, to the same; nothing else is done. */
  private void goesOnWhereItWas(Settings settings, Fig3.Result first) throws IOException {
    String all = Files.readString(first.csv());
    String cut = all.substring(0, all.length() - 5);
    Files.writeString(first.csv(), cut);
    Fig3.Result second = new Fig3(settings, (what, done, total, left) -> {}).run();
    assertEquals(all, Files.readString(first.csv()));
    assertEquals(sorted(first.points()), sorted(second.points()));
    LabException other =
        assertThrows(
            LabException.class,
            () ->
                new Fig3(settings("out", 2, Optional.empty()), (what, done, total, left) -> {})
                    .run());
    assertTrue(String.valueOf(other.getMessage()).contains("steps 1"), other.getMessage());
  }

  private void drawsAgain(Fig3.Result first) throws IOException {
    Settings settings = settings("again", 1, Optional.of(first.kept()));
    Fig3.Result again = new Fig3(settings, (what, done, total, left) -> {}).run();
    assertEquals(sorted(first.points()), sorted(again.points()));
    try (Stream<Path> models = Files.list(folder.resolve("again/models"))) {
      assertEquals(List.of(), models.toList());
    }
  }

  private static String sorted(List<Point> points) {
    return PointFile.text(points).lines().sorted().collect(Collectors.joining("\n"));
  }

  @Test
  void aFolderWithoutPicturesIsNamed() {
    Path empty = folder.resolve("empty");
    Settings settings =
        new Settings(
            folder.resolve("root.onnx"),
            empty,
            folder.resolve("o"),
            Optional.empty(),
            1,
            1,
            1,
            1,
            1);
    LabException refused =
        assertThrows(
            LabException.class, () -> new Fig3(settings, (what, done, total, left) -> {}).run());
    assertTrue(String.valueOf(refused.getMessage()).contains("train.bin"), refused.getMessage());
  }
}
