package dev.insitu.benchmarks.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class GenerateCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void writesTheModelItIsAskedFor() throws Exception {
    Path file = directory.resolve("m.onnx");
    int status =
        run(
            "--structure mlp --weights heavy-tailed --type bfloat16 --tied --external --size 1MiB"
                + " --classes 10 --hidden 128 --opset 21 --seed 9 -o "
                + file);
    assertEquals(0, status, err.toString());
    assertTrue(out.toString().contains("parameters"), out.toString());
    ModelSpec spec =
        ModelSpec.of(Structure.MLP)
            .weights(Distribution.HEAVY_TAILED)
            .type(WeightType.BFLOAT16)
            .tied(true)
            .external(true)
            .bytes(1 << 20)
            .classes(10)
            .hidden(128)
            .opset(21)
            .seed(9)
            .build();
    GeneratedModel expected =
        ModelGenerator.generate(
            spec, Files.createDirectory(directory.resolve("e")).resolve("m.onnx"));
    assertEquals(-1, Files.mismatch(expected.file(), file));
    assertEquals(-1, Files.mismatch(expected.files().get(1), directory.resolve("m.onnx.data")));
  }

  @ParameterizedTest
  @CsvSource({
    "--structure=alexnet, alexnet",
    "--structure=mlp --size=4TB, 4TB",
    "--structure=mlp --size=3GiB, external data",
    "--structure=resnet18 --image=33, 33",
    "--structure=resnet18 --tied --fold, exclude"
  })
  void saysWhatIsWrong(String arguments, String named) {
    assertEquals(2, run(arguments + " -o " + directory.resolve("m.onnx")));
    assertTrue(err.toString().contains(named), err.toString());
    assertTrue(err.toString().contains("Maybe"), err.toString());
  }

  private int run(String arguments) {
    CommandLine line = GenerateCommand.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments.split(" "));
  }
}
