package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import dev.insitu.elastic.SubModel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEnvironmentTest {

  @TempDir Path directory;

  /** Runs a model in a process that has an environment of its own. */
  public static void main(String[] arguments) throws Exception {
    OrtEnvironment own = OrtEnvironment.getEnvironment("application");
    TestPackage pack = TestPackage.of("tiny", 1);
    SubModel whole = SubModel.whole(pack.manifest());
    try (ProgressiveModel model =
        new ProgressiveModel(
            pack.manifest(), pack, Path.of(arguments[0]), RuntimeOptions.defaults())) {
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      Check.get(model.whenFused());
      int outputs = model.run(pack.inputs(1, 1)).size();
      System.out.println(outputs + " output beside " + own.getVersion());
    }
  }

  @Test
  void worksBesideAnEnvironmentOfTheApplication() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OnnxEnvironmentTest.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals("1 output beside " + OnnxEnvironment.version(), other.inputReader().readLine());
    assertTrue(other.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, other.exitValue());
  }

  @Test
  void isConfiguredOnce() {
    int threads = OnnxEnvironment.threads();
    OnnxEnvironment.configure(threads, true);
    IllegalStateException late =
        assertThrows(
            IllegalStateException.class, () -> OnnxEnvironment.configure(threads + 1, true));
    assertTrue(late.getMessage().contains("already has " + threads), late.getMessage());
    assertThrows(IllegalStateException.class, () -> OnnxEnvironment.configure(threads, false));
    assertThrows(IllegalArgumentException.class, () -> OnnxEnvironment.configure(0, true));
    assertTrue(OnnxEnvironment.version().startsWith("1."));
  }
}
