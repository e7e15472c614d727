package dev.insitu.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The CIFAR-10 pictures that figures of re-training are measured on are for measuring: no choice is
 * made on them.
 */
class EvaluationDataTest {

  private static final String PICTURES = "cifar10-" + "2000";
  private static final Set<String> READ = Set.of("java", "py", "sh", "yml", "yaml");
  private static final Set<String> RECIPES = Set.of("json", "properties");

  @Test
  void nothingThatTrainsNamesThePicturesItIsMeasuredOn() throws IOException {
    List<String> offending = new ArrayList<>();
    int[] looked = {0};
    Path top = Path.of("").toAbsolutePath().getParent();
    assertTrue(Files.exists(top.resolve("train/pom.xml")), top + " is no checkout");
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes unused) {
            String name = folder.getFileName().toString();
            boolean built = name.equals("target") || name.startsWith(".") || name.equals("shared");
            return built ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            String extension = file.toString().replaceAll(".*\\.", "");
            if (READ.contains(extension) || RECIPES.contains(extension)) {
              looked[0]++;
              if (offends(Files.readString(file, StandardCharsets.ISO_8859_1), extension)) {
                offending.add(top.relativize(file).toString());
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    assertEquals(List.of(), offending);
    assertTrue(looked[0] > 500, looked[0] + " files looked at");
  }

  @Test
  void aMeasurementMayNameThemAndATrainingMayNot() {
    assertTrue(offends("import dev.insitu.train.Trainer; read(\"" + PICTURES + "\")", "java"));
    assertTrue(offends("{\"measure\": \"" + PICTURES + ".bin\"}", "json"));
    assertEquals(false, offends("read(\"" + PICTURES + "\")", "java"));
    assertEquals(false, offends("import dev.insitu.train.Trainer;", "java"));
  }

  /** A recipe may not name them at all, a program not if it trains too. */
  private static boolean offends(String text, String extension) {
    boolean trains = text.contains("dev.insitu.train") || text.contains("insitu forge");
    return text.contains(PICTURES) && (RECIPES.contains(extension) || trains);
  }
}
