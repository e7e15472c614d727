package dev.insitu.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory of one model's weight files below a directory that several models and processes may
 * share. It goes with its last holder; what a killed process left behind goes when the next one
 * starts.
 */
final class WorkDirectory extends Shared {

  private static final String PREFIX = "model-";
  private static final String LOCK = "lock";

  /** Directories of this process: to open and close a lock file of ours would drop our lock. */
  private static final Set<Path> OURS = new HashSet<>();

  private final Path path;
  private final FileChannel lockFile;

  private WorkDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** Makes a directory below {@code parent}, which is made too if it is not there. */
  static WorkDirectory create(Path parent) throws IOException {
    Files.createDirectories(parent);
    Path home = parent.toRealPath(); // the engine refuses weights behind a symbolic link
    synchronized (OURS) {
      try (FileChannel gate =
              FileChannel.open(
                  home.resolve(".gate"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = gate.lock()) {
        if (!held.isValid()) {
          throw new IOException(home + " cannot be locked");
        }
        sweep(home);
        Path made = Files.createTempDirectory(home, PREFIX);
        FileChannel lockFile =
            FileChannel.open(
                made.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (lockFile.tryLock() == null) {
          lockFile.close();
          throw new IOException(made + " is locked by another process");
        }
        OURS.add(made);
        return new WorkDirectory(made, lockFile);
      }
    }
  }

  private static void sweep(Path home) throws IOException {
    List<Path> candidates;
    try (Stream<Path> entries = Files.list(home)) {
      candidates =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith(PREFIX))
              .filter(entry -> !OURS.contains(entry))
              .collect(Collectors.toUnmodifiableList());
    }
    for (Path candidate : candidates) {
      if (abandoned(candidate)) {
        deleteTree(candidate);
      }
    }
  }

  private static boolean abandoned(Path candidate) throws IOException {
    try (FileChannel lockFile =
        FileChannel.open(
            candidate.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      return lockFile.tryLock() != null;
    }
  }

  Path path() {
    return path;
  }

  @Override
  void dispose() {
    synchronized (OURS) {
      try {
        deleteTree(path);
        lockFile.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        OURS.remove(path);
      }
    }
  }

  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException problem)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
