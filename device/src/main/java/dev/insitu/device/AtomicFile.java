package dev.insitu.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Small files that are there whole or not at all. */
final class AtomicFile {

  private AtomicFile() {}

  /**
   * Replaces a file at once.
   *
   * @param durable whether it must survive a loss of power; the death of the process it survives
   *     anyway
   */
  static void write(Path path, byte[] bytes, boolean durable, StoreGate gate) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      int allowed = gate.allow(bytes.length);
      ByteBuffer some = ByteBuffer.wrap(bytes, 0, Math.min(allowed, bytes.length));
      while (some.hasRemaining()) {
        out.write(some);
      }
      if (allowed < bytes.length) {
        throw new IOException("No space left on device");
      }
      if (durable) {
        out.force(true);
      }
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (durable) {
      forceDirectory(path);
    }
  }

  /** Makes a file that was written before survive a loss of power. */
  static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    forceDirectory(path);
  }

  private static void forceDirectory(Path path) {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // not every file system lets a directory be opened; the rename is then as durable as it gets
    }
  }

  /** The bytes of a file; empty if there is none. */
  static Optional<byte[]> read(Path path) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
