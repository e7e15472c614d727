package dev.insitu.examples.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.OnnxModel;
import dev.insitu.train.zoo.ResNet;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** On other systems the class path has no native library to train with. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class TrainDemoTest {
  @TempDir private Path folder;

  @Test
  void trainsOneTinyEpochAndWritesAModelThatOnnxRuntimeRunsTheSameWay() {
    Path out = folder.resolve("shapes.onnx");
    ByteArrayOutputStream log = new ByteArrayOutputStream();

    int status = run(log, "--out", out.toString(), "--images", "64", "--epochs", "1");

    assertEquals(0, status, log::toString);
    try (OnnxModel model = OnnxModel.open(out)) {
      assertEquals(ResNet.INPUT, model.inputs().getFirst().name());
      assertEquals(ResNet.OUTPUT, model.outputs().getFirst().name());
    }
    assertFalse(Files.exists(folder.resolve("shapes.onnx.checkpoint")));
    assertFalse(Files.exists(folder.resolve("shapes.onnx.start")));
  }

  @Test
  void goesOnAfterTheLastCheckpoint() throws Exception {
    Path out = folder.resolve("shapes.onnx");
    String[] options = {"--out", out.toString(), "--images", "1040", "--epochs", "1"};
    assertEquals(0, run(new ByteArrayOutputStream(), options));
    byte[] expected = Files.readAllBytes(out);
    Files.delete(out);

    assertEquals(1, run(new Broken("step 60/65"), options));
    assertFalse(Files.exists(out));
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    int status = run(log, options);

    String text = log.toString(StandardCharsets.UTF_8);
    assertEquals(0, status, text);
    assertTrue(text.contains("going on after the last checkpoint"), text);
    assertFalse(text.contains("step 40/65"), text);
    assertArrayEquals(expected, Files.readAllBytes(out));
  }

  /** A terminal that is closed when a text is written to it. */
  private static final class Broken extends OutputStream {
    private final String text;
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

    Broken(String text) {
      this.text = text;
    }

    @Override
    public void write(int value) {
      seen.write(value);
      if (seen.toString(StandardCharsets.UTF_8).endsWith(text)) {
        throw new IllegalStateException("closed");
      }
    }
  }

  private static int run(OutputStream log, String... args) {
    CommandLine command =
        new CommandLine(new TrainDemo(new PrintStream(log, true, StandardCharsets.UTF_8)));
    String[] all = new String[args.length + 4];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(
        new String[] {"--batch", "16", "--test-images", "100"}, 0, all, args.length, 4);
    return command.execute(all);
  }
}
