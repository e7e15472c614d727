package dev.insitu.library;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Published packages in one directory. Versions never change; every chunk is stored once; nothing
 * in use is deleted. Safe for use by several threads; one process at a time.
 */
public final class Library implements AutoCloseable, ChunkSource {

  private final Path directory;
  private final LibraryOptions options;
  private final DirectoryLock lock;
  private final Catalogue catalogue;
  private final ChunkStore store;
  private final PlanLeases leases;
  private final Shelf shelf;
  private final ReentrantLock changing = new ReentrantLock();

  private Library(Path directory, LibraryOptions options, DirectoryLock lock) throws IOException {
    this.directory = directory;
    this.options = options;
    this.lock = lock;
    this.leases = new PlanLeases(options.clock(), options.planLease(), options.maxOpenPlans());
    this.catalogue = new KnownVersions(SqliteCatalogue.open(directory.resolve("catalogue.db")));
    this.shelf = new Shelf(catalogue);
    try {
      this.store = PackChunkStore.open(directory.resolve("packs"));
      for (String batch : catalogue.openBatches()) {
        discard(batch);
      }
    } catch (IOException | RuntimeException e) {
      catalogue.close();
      throw e;
    }
  }

  /** Opens a library with the default options; creates it if the directory is absent or empty. */
  public static Library open(Path directory) throws IOException {
    return open(directory, LibraryOptions.defaults());
  }

  /**
   * Opens a library; creates it if the directory is absent or empty. What a killed process left
   * half published is removed.
   *
   * @throws LibraryException LOCKED if another process has it open, DAMAGED or TOO_NEW if it cannot
   *     be read
   */
  public static Library open(Path directory, LibraryOptions options) throws IOException {
    Files.createDirectories(directory);
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      return new Library(directory, options, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  public Path directory() {
    return directory;
  }

  /**
   * What became of a publication.
   *
   * @param version as it is now
   * @param already whether the same version had been published before
   * @param newChunks chunks that were not stored before
   * @param newBytes their bytes
   */
  public record Published(
      Catalogue.Version version, boolean already, int newChunks, long newBytes) {}

  /**
   * Publishes a whole package: all its chunks are stored and verified before the version becomes
   * visible, and a process that dies on the way leaves nothing visible.
   *
   * @throws LibraryException CONFLICT if the name has another package under that version,
   *     INCOMPLETE if chunks are missing, FULL
   * @throws dev.insitu.elastic.ElasticException CORRUPT if a chunk does not have its digest
   */
  public Published publish(PackageFile file) throws IOException {
    changing.lock();
    try {
      Optional<Catalogue.Version> existing = existing(file);
      if (existing.isPresent()) {
        return new Published(existing.get(), true, 0, 0);
      }
      requireComplete(file);
      List<ChunkRef> missing =
          ChunkRef.of(file.manifest()).stream()
              .filter(ref -> store.sizeOf(ref.digest()).isEmpty())
              .toList();
      Catalogue.Version version = describe(file);
      Catalogue.Parts parts =
          new Catalogue.Parts(
              ByteBuffer.wrap(file.manifestBytes()),
              ByteBuffer.wrap(file.profile()),
              file.signatures());
      if (missing.isEmpty()) {
        catalogue.publish(version, parts, Optional.empty());
      } else {
        store(missing, file, version, parts);
      }
      return new Published(
          version, false, missing.size(), missing.stream().mapToLong(ChunkRef::size).sum());
    } finally {
      changing.unlock();
    }
  }

  private void store(
      List<ChunkRef> chunks, ChunkSource from, Catalogue.Version version, Catalogue.Parts parts)
      throws IOException {
    String batch = store.newBatch();
    catalogue.begin(batch);
    try {
      store.add(batch, chunks, from);
      catalogue.publish(version, parts, Optional.of(batch));
    } catch (IOException | RuntimeException e) {
      discard(batch);
      throw e;
    }
  }

  private void discard(String batch) throws IOException {
    store.discard(batch);
    catalogue.end(batch);
  }

  private Optional<Catalogue.Version> existing(PackageFile file) {
    String wanted = file.manifest().header().version();
    Optional<Catalogue.Version> found =
        catalogue.versions(file.manifest().name()).stream()
            .filter(old -> old.version().equals(wanted))
            .findFirst();
    if (found.isPresent() && !found.get().manifest().equals(file.digest())) {
      throw new LibraryException(
          LibraryException.Reason.CONFLICT,
          "'"
              + file.manifest().name()
              + "' already has a version '"
              + wanted
              + "' with manifest "
              + found.get().manifest().brief()
              + ", not "
              + file.digest().brief()
              + ".\nMaybe pack it as a new version: versions never change.");
    }
    return found;
  }

  private static void requireComplete(PackageFile file) {
    int count = file.manifest().chunks().size();
    if (file.chunksPresent() < count) {
      throw new LibraryException(
          LibraryException.Reason.INCOMPLETE,
          file.path()
              + " holds "
              + file.chunksPresent()
              + " of "
              + count
              + " chunks.\nMaybe it was cut in transfer: publish the whole file.");
    }
  }

  private Catalogue.Version describe(PackageFile file) {
    return new Catalogue.Version(
        file.manifest().name(),
        file.manifest().header().version(),
        file.digest(),
        Instant.ofEpochMilli(options.clock().millis()),
        file.manifest().chunks().size(),
        file.manifest().chunkBytes());
  }

  /** All versions, by name, then in the order of publishing. */
  public List<Catalogue.Version> list() {
    return catalogue.versions();
  }

  /**
   * The versions of one model in the order of publishing.
   *
   * @throws LibraryException UNKNOWN_MODEL if there is none
   */
  public List<Catalogue.Version> list(String name) {
    return shelf.list(name);
  }

  /**
   * A version, or the one published last, which is also called {@code latest} unless a version has
   * that name.
   *
   * @throws LibraryException UNKNOWN_MODEL, UNKNOWN_VERSION
   */
  public Catalogue.Version find(String name, Optional<String> version) {
    return shelf.find(name, version);
  }

  /** A version, or the one published last, with its manifest. */
  public StoredPackage show(String name, Optional<String> version) {
    return shelf.load(shelf.find(name, version));
  }

  /** The version with that manifest, if there is one. */
  public Optional<StoredPackage> byManifest(Digest manifest) {
    return shelf.byManifest(manifest);
  }

  /** The patch form of a manifest, read-only; computed once for each pair. */
  public ByteBuffer patch(StoredPackage wanted, StoredPackage base) {
    return shelf.patch(wanted, base);
  }

  /** What a plan needs to know of manifests: their sizes, and earlier versions. */
  public PlanMaker.ManifestSizes sizes(StoredPackage wanted) {
    return shelf.sizes(wanted);
  }

  /**
   * Opens a plan, so that its content can be read and its chunks count as used.
   *
   * @param stored the package it is of
   * @throws LibraryException UNKNOWN_MANIFEST if that version, or the base its manifest is sent
   *     against, was removed meanwhile
   */
  public OpenPlan open(Plan plan, StoredPackage stored) {
    OpenPlan open = new OpenPlan(plan, stored, head(plan.content(), stored), store);
    leases.put(open); // first the lease, then the look: a version removed between is seen
    if (catalogue.byManifest(stored.digest()).isEmpty()) {
      leases.remove(open.id());
      throw Shelf.gone(stored.digest());
    }
    return open;
  }

  private ByteBuffer head(Plan.Content content, StoredPackage stored) {
    return switch (content.form()) {
      case HELD -> ByteBuffer.allocate(0);
      case WHOLE -> stored.manifestBytes();
      case PATCH -> {
        Digest base = content.base().orElseThrow();
        yield patch(stored, byManifest(base).orElseThrow(() -> Shelf.gone(base)));
      }
    };
  }

  /** An open plan; its lease begins anew. */
  public Optional<OpenPlan> plan(Digest id) {
    return leases.use(id);
  }

  /** How many plans are open. */
  public int openPlans() {
    return leases.open().size();
  }

  /**
   * Opens one chunk, of whatever version, to be closed by the caller; empty if it is not stored.
   */
  public Optional<StoredBytes> openChunk(Digest chunk) throws IOException {
    OptionalInt size = store.sizeOf(chunk);
    return size.isEmpty()
        ? Optional.empty()
        : Optional.of(store.open(List.of(new ChunkRef(chunk, size.getAsInt()))));
  }

  /**
   * Removes a version. Its chunks stay until {@link #gc}.
   *
   * @throws LibraryException UNKNOWN_MODEL, UNKNOWN_VERSION
   */
  public void remove(String name, String version) {
    changing.lock();
    try {
      Catalogue.Version found = find(name, Optional.of(version));
      catalogue.remove(name, found.version());
      shelf.forget(found.manifest());
    } finally {
      changing.unlock();
    }
  }

  /**
   * Removes the chunks that no version and no open plan refers to.
   *
   * @param dryRun whether only to tell what would go
   */
  public GcReport gc(boolean dryRun) throws IOException {
    changing.lock();
    try {
      List<Catalogue.Version> versions = catalogue.versions();
      Set<Digest> used = new HashSet<>();
      for (Catalogue.Version version : versions) {
        ChunkRef.of(shelf.load(version).manifest()).forEach(ref -> used.add(ref.digest()));
      }
      List<OpenPlan> plans = leases.open();
      plans.forEach(plan -> plan.chunks().forEach(ref -> used.add(ref.digest())));
      ChunkStore.Swept swept = store.sweep(used::contains, dryRun);
      return new GcReport(
          dryRun,
          versions.size(),
          plans.size(),
          swept.chunksRemoved(),
          swept.bytesRemoved(),
          swept.chunksKept(),
          swept.bytesKept());
    } finally {
      changing.unlock();
    }
  }

  /** How many chunks are stored. */
  public long chunkCount() {
    return store.chunkCount();
  }

  /** Bytes of all pack files. */
  public long bytes() {
    return store.bytes();
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    return store.read(digest, size);
  }

  @Override
  public void close() throws IOException {
    changing.lock();
    try (lock;
        store) {
      catalogue.close();
    } finally {
      changing.unlock();
    }
  }
}
