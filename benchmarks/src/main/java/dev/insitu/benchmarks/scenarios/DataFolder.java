package dev.insitu.benchmarks.scenarios;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where real models lie that cannot be shipped: the folder that the system property or the
 * environment variable {@code INSITU_DATA} names, else {@code shared/data} beside the working
 * directory or a directory above it.
 */
final class DataFolder {

  private static final String NAME = "INSITU_DATA";

  private DataFolder() {}

  /** A file in it, if it is there. */
  static Optional<Path> file(String path) {
    return folder().map(folder -> folder.resolve(path)).filter(Files::isRegularFile);
  }

  private static Optional<Path> folder() {
    String said = System.getProperty(NAME, System.getenv().getOrDefault(NAME, ""));
    if (!said.isEmpty()) {
      return Optional.of(Path.of(said));
    }
    for (Path here = Path.of("").toAbsolutePath(); here != null; here = here.getParent()) {
      Path found = here.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}
