package dev.insitu.forge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a package is made: its target and a directory for temporary files, which goes at the end,
 * also if the process is told to stop before.
 */
final class Workplace implements AutoCloseable {

  private static final List<String> FULL =
      List.of("no space left", "not enough space", "disk quota exceeded", "file too large");

  private final Path target;
  private final Path directory;
  private final Thread atExit;

  private Workplace(Path target, Path directory) {
    this.target = target;
    this.directory = directory;
    this.atExit = new Thread(this::deleteQuietly, "insitu-pack-cleanup");
  }

  /**
   * Makes the directory.
   *
   * @param target the file to write
   * @param parent where the directory is made; empty for beside the target
   * @throws ForgeException if the target cannot be written
   */
  static Workplace of(Path target, Optional<Path> parent) throws IOException {
    Path folder = folder(target);
    requireDirectory(folder);
    if (Files.isDirectory(target)) {
      throw new ForgeException(target + " is a directory.\nMaybe add the package's file name.");
    }
    Path work = parent.orElse(folder);
    requireDirectory(work);
    try {
      Workplace workplace = new Workplace(target, Files.createTempDirectory(work, ".insitu-pack"));
      Runtime.getRuntime().addShutdownHook(workplace.atExit);
      return workplace;
    } catch (AccessDeniedException e) {
      throw new ForgeException("Nothing may be written to " + work + ".", e);
    } catch (IOException e) {
      throw explained(e, target, work);
    }
  }

  private static Path folder(Path target) {
    Path folder = target.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new ForgeException(target + " is no file that can be written.");
    }
    return folder;
  }

  private static void requireDirectory(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new ForgeException("There is no directory " + directory + " to write to.");
    }
  }

  /** The file to write. */
  Path target() {
    return target;
  }

  /** Where temporary files go. */
  Path directory() {
    return directory;
  }

  /**
   * Refuses to replace what the package is made from.
   *
   * @param sources the root's files
   */
  void requireNoneOf(List<Path> sources) throws IOException {
    for (Path source : sources) {
      if (Files.exists(target) && Files.isSameFile(source, target)) {
        throw new ForgeException(
            target + " is a file of the model itself.\nMaybe end the package's name in .insitu.");
      }
    }
  }

  /** The error with what to do, if a disk is full; else itself. */
  IOException explained(IOException error) {
    return explained(error, target, directory);
  }

  private static IOException explained(IOException error, Path target, Path directory) {
    String reason = error instanceof FileSystemException e ? e.getReason() : error.getMessage();
    String text = reason == null ? "" : reason.toLowerCase(Locale.ROOT);
    if (FULL.stream().noneMatch(text::contains)) {
      return error;
    }
    return new IOException(
        "There is no space left to write "
            + target
            + ": "
            + free(folder(target))
            + ", "
            + free(directory)
            + ". Nothing was changed.\n"
            + "Maybe free twice the package's size, or name another directory for temporary files.",
        error);
  }

  private static String free(Path directory) {
    Path existing = Files.exists(directory) ? directory : folder(directory);
    try {
      return Files.getFileStore(existing).getUsableSpace() + " bytes are free in " + existing;
    } catch (IOException e) {
      return existing + " does not say what is free (" + e.getMessage() + ")";
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // the process is ending, and the hook deletes
    }
    delete();
  }

  private void delete() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }

  private void deleteQuietly() {
    try {
      delete();
    } catch (IOException | UncheckedIOException e) {
      System.err.println(directory + " cannot be deleted: " + e.getMessage());
    }
  }
}
