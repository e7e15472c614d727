package dev.insitu.link;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the folder with real models and data, which is not part of the repository. */
final class TestData {
  private TestData() {}

  /** The folder, or one that does not exist. */
  static Path folder() {
    String told = System.getProperty("INSITU_DATA", System.getenv("INSITU_DATA"));
    if (told != null) {
      return Path.of(told);
    }
    Path here = Path.of("").toAbsolutePath();
    for (Path at = here; at != null; at = at.getParent()) {
      Path data = at.resolve("shared/data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    return here.resolve("no-shared-data");
  }
}
