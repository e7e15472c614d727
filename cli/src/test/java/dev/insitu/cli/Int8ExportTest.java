package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.demo.ShapesModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code insitu export --int8} as a user types it. */
final class Int8ExportTest {

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... words) {
    String[] args = Stream.of(words).map(Object::toString).toArray(String[]::new);
    CommandLine line = Main.line();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  private Path pack() throws IOException {
    Path onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    Path pack = directory.resolve("shapes.insitu");
    assertEquals(0, run("pack", onnx, "-o", pack, "--no-profile", "--unsigned"), err::toString);
    return pack;
  }

  @Test
  void writesAnIntegerModelOfASubModel() throws IOException {
    Path target = directory.resolve("int8.onnx");
    int status =
        run("export", pack(), "--allow-unsigned", "--bits", 6, "--int8", "-o", target, "--json");
    assertEquals(0, status, err::toString);
    assertTrue(err.toString().contains("generated inputs"), err::toString);
    JsonNode made = new ObjectMapper().readTree(out.toString().lines().toList().getLast());
    assertTrue(made.path("integerLayers").size() > 1, made::toString);
    assertTrue(made.path("agreementWithFloat").asDouble() > 0.8, made::toString);
    assertEquals(Files.size(target), made.path("bytes").asLong());
    assertTrue(Files.size(target) < 0.5 * Files.size(directory.resolve("shapes.onnx")));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(3, files.count(), "temporary files are gone");
    }
  }

  @Test
  void saysWhichLayersThereAre() throws IOException {
    Path target = directory.resolve("int8.onnx");
    int status =
        run("export", pack(), "--allow-unsigned", "--int8", "--keep-float", "none", "-o", target);
    assertEquals(1, status);
    assertTrue(err.toString().contains("no layer 'none'"), err::toString);
    assertFalse(err.toString().contains("\tat "), err::toString);
    assertFalse(Files.exists(target));
  }
}
