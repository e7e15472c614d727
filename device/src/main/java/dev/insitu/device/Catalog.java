package dev.insitu.device;

import dev.insitu.device.EvictionPolicy.Victim;
import dev.insitu.device.ModelRecord.Pending;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * All models on the device and what they share: who needs which chunk, and what goes when room is
 * needed. Thread-safe.
 */
final class Catalog {

  private final Path directory;
  private final ChunkStore store;
  private final ManifestFiles manifests;
  private final ReferenceFiles references;
  private final StoreGate gate;
  private final Map<String, ModelFile> files = new TreeMap<>(); // guarded by this
  private final Set<String> open = new HashSet<>(); // guarded by this

  Catalog(
      Path directory,
      ChunkStore store,
      ManifestFiles manifests,
      ReferenceFiles references,
      StoreGate gate)
      throws IOException {
    this.directory = Files.createDirectories(directory);
    this.store = store;
    this.manifests = manifests;
    this.references = references;
    this.gate = gate;
    try (DirectoryStream<Path> models = Files.newDirectoryStream(directory)) {
      for (Path model : models) {
        if (Files.isDirectory(model)) {
          String name = model.getFileName().toString().replace('@', ':');
          files.put(name, ModelFile.open(model, name, gate));
        }
      }
    }
  }

  /** Names of all models of which there is something. */
  synchronized List<String> names() {
    return List.copyOf(files.keySet());
  }

  /** Where a model's own files lie. */
  Path directory(ModelName name) {
    return directory.resolve(name.toString().replace(':', '@'));
  }

  /** The record of a model, which counts as in use from now on. */
  synchronized ModelRecord open(ModelName name) throws IOException {
    ModelFile file = files.get(name.toString());
    if (file == null) {
      file = ModelFile.open(directory(name), name.toString(), gate);
      files.put(name.toString(), file);
    }
    open.add(name.toString());
    return file.get();
  }

  synchronized ModelRecord get(ModelName name) {
    return requireFile(name.toString()).get();
  }

  /**
   * Changes a model's record.
   *
   * @param durable whether the change must survive a loss of power
   */
  synchronized ModelRecord update(
      ModelName name, UnaryOperator<ModelRecord> change, boolean durable) throws IOException {
    ModelFile file = requireFile(name.toString());
    file.set(change.apply(file.get()), durable);
    return file.get();
  }

  private ModelFile requireFile(String name) {
    ModelFile file = files.get(name);
    if (file == null) {
      throw new IllegalStateException("Model '" + name + "' has not been opened");
    }
    return file;
  }

  /** A time of use later than all before. */
  synchronized long now() {
    return 1
        + files.values().stream()
            .flatMap(file -> file.get().versions().stream())
            .mapToLong(VersionRecord::used)
            .max()
            .orElse(0);
  }

  /** Forgets versions that neither serve nor are kept nor are arriving, as after an update. */
  synchronized void forgetSuperseded(ModelName name) throws IOException {
    ModelFile file = requireFile(name.toString());
    ModelRecord record = file.get();
    for (VersionRecord version : record.versions()) {
      Optional<Digest> digest = Optional.of(version.manifest());
      boolean needed =
          version.pinned()
              || record.active().equals(digest)
              || record.previous().equals(digest)
              || record.pending().map(Pending::manifest).equals(digest);
      if (!needed) {
        record = record.without(version.manifest());
      }
    }
    file.set(record, true);
    sweep();
  }

  /** Forgets a model. */
  synchronized void remove(ModelName name) throws IOException {
    ModelFile file = requireFile(name.toString());
    file.set(ModelRecord.of(name.toString()), true);
    sweep();
  }

  /**
   * Gives up versions until there is room.
   *
   * @param bytes that are going to come
   * @param budget most bytes of the store and the weight files
   * @throws DeviceException BUDGET if what must stay leaves no room
   */
  synchronized void makeRoom(long bytes, long budget) throws IOException {
    while (!fits(bytes, budget)) {
      store.compact();
      if (fits(bytes, budget)) {
        return;
      }
      List<ModelRecord> records = new ArrayList<>();
      files.values().forEach(file -> records.add(file.get()));
      Optional<Victim> victim = EvictionPolicy.next(records, open);
      if (victim.isEmpty()) {
        requireRoom(bytes, budget);
        return;
      }
      ModelFile file = requireFile(victim.get().model());
      file.set(file.get().without(victim.get().manifest()), true);
      sweep();
    }
  }

  private boolean fits(long bytes, long budget) throws IOException {
    return usedBytes() <= budget - bytes;
  }

  private void requireRoom(long bytes, long budget) throws IOException {
    if (!fits(bytes, budget)) {
      throw new DeviceException(
          DeviceException.Reason.BUDGET,
          bytes
              + " bytes are to come; of the budget of "
              + budget
              + " bytes "
              + usedBytes()
              + " are taken by models in use and pinned ones.\nMaybe delete one of "
              + names()
              + ", ask for fewer bits, or allow more.");
    }
  }

  /** Bytes of chunks and weight files. */
  long usedBytes() throws IOException {
    return store.usedBytes() + references.usedBytes();
  }

  /** Deletes what no version needs. */
  synchronized void sweep() throws IOException {
    Set<Digest> manifestsKept = new HashSet<>();
    Set<Digest> chunks = new HashSet<>();
    Set<Digest> weightFiles = new HashSet<>();
    for (ModelFile file : files.values()) {
      ModelRecord record = file.get();
      for (VersionRecord version : record.versions()) {
        manifestsKept.add(version.manifest());
        if (version.inFile()) {
          weightFiles.add(version.manifest());
        }
        addChunks(version.manifest(), chunks);
      }
      if (record.pending().isPresent()) {
        manifestsKept.add(record.pending().get().manifest());
        addPending(record.pending().get(), chunks);
      }
    }
    store.retain(chunks);
    store.dropPartsExcept(chunks);
    references.retain(weightFiles);
    manifests.retain(manifestsKept);
  }

  private void addChunks(Digest digest, Set<Digest> chunks) throws IOException {
    Optional<Manifest> manifest = readable(digest);
    if (manifest.isPresent()) {
      for (ChunkSpec chunk : manifest.get().chunks()) {
        chunks.add(chunk.digest());
      }
    }
  }

  private void addPending(Pending pending, Set<Digest> chunks) throws IOException {
    addChunks(pending.manifest(), chunks);
    Optional<Manifest> manifest = readable(pending.manifest());
    if (manifest.isPresent() && pending.plan().plan().content().difference()) {
      ContentLayout.differenceOf(pending.plan().plan(), manifest.get())
          .ifPresent(difference ->
              difference.chunks().stream().map(DifferenceChunk::digest).forEach(chunks::add));
    }
  }

  /** A manifest that is there and can be read; nothing could use the chunks of one that cannot. */
  private Optional<Manifest> readable(Digest digest) throws IOException {
    if (!manifests.has(digest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(manifests.load(digest, Trust.anybody()).manifest());
    } catch (ElasticException e) {
      return Optional.empty();
    }
  }
}
