package dev.insitu.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model's record on disk, and the one before it, should the disk lose the newer one. Thread-safe.
 */
final class ModelFile {

  private static final String FILE = "model.json";
  private static final String BEFORE = "model.before.json";

  private final Path directory;
  private final StoreGate gate;
  private ModelRecord current; // guarded by this

  private ModelFile(Path directory, StoreGate gate, ModelRecord current) {
    this.directory = directory;
    this.gate = gate;
    this.current = current;
  }

  /** Reads the record of a directory; a model of which there is none is new. */
  static ModelFile open(Path directory, String name, StoreGate gate) throws IOException {
    Files.createDirectories(directory);
    Optional<ModelRecord> found = read(directory.resolve(FILE));
    if (found.isEmpty()) {
      found = read(directory.resolve(BEFORE));
    }
    return new ModelFile(directory, gate, found.orElseGet(() -> ModelRecord.of(name)));
  }

  private static Optional<ModelRecord> read(Path file) throws IOException {
    Optional<byte[]> bytes = AtomicFile.read(file);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ModelRecordJson.read(bytes.get()));
    } catch (IOException e) {
      return Optional
          .empty(); // lost to a loss of power; chunks and manifests are found again by name
    }
  }

  synchronized ModelRecord get() {
    return current;
  }

  /**
   * Replaces the record.
   *
   * @param durable whether it must survive a loss of power
   */
  synchronized void set(ModelRecord next, boolean durable) throws IOException {
    if (next.equals(current)) {
      return;
    }
    if (durable) {
      AtomicFile.write(directory.resolve(BEFORE), ModelRecordJson.write(current), false, gate);
    }
    AtomicFile.write(directory.resolve(FILE), ModelRecordJson.write(next), durable, gate);
    current = next;
  }
}
