package dev.insitu.examples.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.examples.train.onnx.ModelProto;
import java.io.ByteArrayOutputStream;
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
  void trainsOneTinyEpochAndWritesAModelThatOnnxRuntimeRunsTheSameWay() throws Exception {
    Path out = folder.resolve("shapes.onnx");
    ByteArrayOutputStream log = new ByteArrayOutputStream();

    int status = run(log, "--out", out.toString(), "--images", "64", "--epochs", "1");

    assertEquals(0, status, log::toString);
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(out));
    assertEquals(0, model.getMetadataPropsCount());
    assertEquals(ResNet.INPUT, model.getGraph().getInput(0).getName());
    assertFalse(Files.exists(folder.resolve("shapes.onnx.checkpoint")));
  }

  @Test
  void goesOnAfterTheLastWholeEpoch() throws Exception {
    Path out = folder.resolve("shapes.onnx");
    Recipe recipe = Recipe.of(2, 32, 16);
    new Checkpoint(ResNet.build(3, 10, 1), 1)
        .write(folder.resolve("shapes.onnx.checkpoint"), recipe);
    ByteArrayOutputStream log = new ByteArrayOutputStream();

    int status = run(log, "--out", out.toString(), "--images", "32", "--epochs", "2");

    String text = log.toString(StandardCharsets.UTF_8);
    assertEquals(0, status, text);
    assertTrue(text.contains("going on after epoch 1"), text);
    assertFalse(text.contains("epoch 1/2"), text);
    assertTrue(text.contains("epoch 2/2"), text);
  }

  private static int run(ByteArrayOutputStream log, String... args) {
    CommandLine command =
        new CommandLine(new TrainDemo(new PrintStream(log, true, StandardCharsets.UTF_8)));
    String[] all = new String[args.length + 4];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(
        new String[] {"--batch", "16", "--test-images", "100"}, 0, all, args.length, 4);
    return command.execute(all);
  }
}
