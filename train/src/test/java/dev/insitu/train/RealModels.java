package dev.insitu.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.tukaani.xz.XZInputStream;

/**
 * Trained models that tests read where they are found: INSITU_DATA or a folder shared/data beside
 * or above.
 */
final class RealModels {

  private RealModels() {}

  /** The model's file, unpacked if necessary; the test is skipped if there is none. */
  static Path file(String path, Path temporary) throws IOException {
    Path folder = folder();
    Assumptions.assumeTrue(folder != null, "no folder with real models: set INSITU_DATA");
    Path packed = folder.resolve("models").resolve(path);
    Assumptions.assumeTrue(Files.exists(packed), path + " is not there");
    if (!path.endsWith(".xz")) {
      return packed;
    }
    Path unpacked = temporary.resolve("model.onnx");
    try (InputStream in = Files.newInputStream(packed)) {
      Files.copy(new XZInputStream(in), unpacked);
    }
    return unpacked;
  }

  private static Path folder() {
    String given = System.getProperty("INSITU_DATA", System.getenv("INSITU_DATA"));
    if (given != null) {
      return Path.of(given);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolve("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    return null;
  }
}
