package dev.insitu.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Deletes the unfinished file beside a package when the command is terminated while it is being
 * written: what is written into place at once is written under another name first.
 */
final class Leftovers {

  private final Path directory;
  private final Pattern names;
  private final Set<Path> before;
  private final Thread hook = new Thread(this::delete, "insitu-leftovers");

  /**
   * @param target the package that is to be written
   */
  Leftovers(Path target) {
    Path absolute = target.toAbsolutePath();
    this.directory = absolute.resolveSibling("");
    this.names =
        Pattern.compile(
            Pattern.quote("." + absolute.getFileName() + ".") + "[0-9a-f]{8}-[0-9a-f-]{27}");
    this.before = new HashSet<>(present());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private List<Path> present() {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            directory, path -> names.matcher(path.getFileName().toString()).matches())) {
      all.forEach(found::add);
    } catch (IOException e) {
      return found; // writing there fails too, and says why
    }
    return found;
  }

  /** Deletes what was not there before. */
  void delete() {
    for (Path path : present()) {
      if (!before.contains(path)) {
        try {
          Files.deleteIfExists(path);
        } catch (IOException e) {
          System.err.println("insitu: " + path + " could not be deleted: " + e.getMessage());
        }
      }
    }
  }

  /** The command has ended by itself. */
  void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it runs already
    }
  }
}
