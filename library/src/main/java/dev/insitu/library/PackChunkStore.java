package dev.insitu.library;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Chunks in pack files of one directory, found by an index in memory (about 150 bytes a chunk). A
 * pack is written once and never changed; a sweep writes what is kept of a pack to a new one.
 */
final class PackChunkStore implements ChunkStore {

  private static final Pattern OURS = Pattern.compile("[0-9a-f]{8}\\.pack(\\.part)?");

  private final Path directory;
  private final Map<Digest, Location> index = new ConcurrentHashMap<>();
  private final NavigableMap<String, Pack> packs = new ConcurrentSkipListMap<>();

  private record Location(Pack pack, long offset, int size) {}

  private PackChunkStore(Path directory) {
    this.directory = directory;
  }

  /** Opens or creates a store; half-written packs of a process that died are removed. */
  static PackChunkStore open(Path directory) throws IOException {
    Files.createDirectories(directory);
    PackChunkStore store = new PackChunkStore(directory);
    for (Path path : list(directory)) {
      String file = path.getFileName().toString();
      if (file.endsWith(PackFormat.UNFINISHED)) {
        Files.deleteIfExists(path);
      } else {
        String name = file.substring(0, file.length() - PackFormat.SUFFIX.length());
        store.load(name, path, PackFormat.read(path));
      }
    }
    return store;
  }

  /** Files that are not ours are left alone. */
  private static List<Path> list(Path directory) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(path -> {
        if (OURS.matcher(path.getFileName().toString()).matches()) {
          paths.add(path);
        }
      });
    }
    paths.sort(null);
    return paths;
  }

  private Pack load(String name, Path path, List<PackFormat.Entry> entries) throws IOException {
    Pack pack = new Pack(path, name, Files.size(path));
    packs.put(name, pack);
    for (PackFormat.Entry entry : entries) {
      index.putIfAbsent(entry.digest(), new Location(pack, entry.offset(), entry.size()));
    }
    return pack;
  }

  @Override
  public OptionalInt sizeOf(Digest chunk) {
    Location at = index.get(chunk);
    return at == null ? OptionalInt.empty() : OptionalInt.of(at.size());
  }

  @Override
  public String newBatch() {
    long last = 0;
    for (String name : packs.keySet()) {
      last = Math.max(last, Long.parseLong(name, 16));
    }
    return String.format(Locale.ROOT, "%08x", last + 1);
  }

  @Override
  public void add(String batch, Collection<ChunkRef> chunks, ChunkSource from) throws IOException {
    load(batch, pathOf(batch), write(pathOf(batch), chunks, from));
  }

  private List<PackFormat.Entry> write(Path path, Collection<ChunkRef> chunks, ChunkSource from)
      throws IOException {
    requireSpace(chunks);
    try {
      return PackFormat.write(path, chunks, from);
    } catch (IOException e) {
      requireSpace(chunks); // others may have filled the disk meanwhile
      throw e;
    }
  }

  private void requireSpace(Collection<ChunkRef> chunks) throws IOException {
    long needed = chunks.stream().mapToLong(ChunkRef::size).sum();
    long usable = Files.getFileStore(directory).getUsableSpace();
    if (needed > usable) {
      throw new LibraryException(
          LibraryException.Reason.FULL,
          "The disk of "
              + directory
              + " has "
              + usable
              + " bytes left; "
              + needed
              + " are needed.\nMaybe remove versions and run 'insitu gc', or move the library to a larger disk.");
    }
  }

  private Path pathOf(String batch) {
    return directory.resolve(batch + PackFormat.SUFFIX);
  }

  @Override
  public void discard(String batch) throws IOException {
    Pack pack = packs.remove(batch);
    if (pack != null) {
      index.values().removeIf(location -> location.pack() == pack);
      pack.retire();
    }
    Files.deleteIfExists(pathOf(batch));
  }

  @Override
  public StoredBytes open(List<ChunkRef> chunks) throws IOException {
    for (int attempt = 0; ; attempt++) {
      PackBytes.Builder builder = new PackBytes.Builder();
      for (ChunkRef chunk : chunks) {
        Location at = locate(chunk);
        builder.add(at.pack(), at.offset(), at.size());
      }
      PackBytes bytes = builder.build();
      if (bytes.retain()) {
        return bytes;
      }
      if (attempt
          == 10) { // a sweep may move chunks between finding and holding them, but not for ever
        throw new IOException("The pack files in " + directory + " cannot be opened.");
      }
    }
  }

  private Location locate(ChunkRef chunk) {
    @Nullable Location at = index.get(chunk.digest());
    if (at == null || at.size() != chunk.size()) {
      throw new LibraryException(
          LibraryException.Reason.UNKNOWN_CHUNK,
          "Chunk "
              + chunk.digest().brief()
              + " of "
              + chunk.size()
              + " bytes is not in "
              + directory
              + ".");
    }
    return at;
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    try (StoredBytes stored = open(List.of(new ChunkRef(digest, size)))) {
      while (bytes.hasRemaining()) {
        stored.read(bytes, bytes.position());
      }
    }
    bytes.flip();
    if (!Digest.sha256(bytes).equals(digest)) {
      throw ElasticException.corrupt(
          "Chunk "
              + digest.brief()
              + " in "
              + directory
              + " does not have its digest.\nMaybe the disk damaged it: publish its package again.");
    }
    return bytes;
  }

  @Override
  public Swept sweep(Predicate<Digest> keep, boolean dryRun) throws IOException {
    long[] sums = new long[4];
    for (Pack pack : List.copyOf(packs.values())) {
      List<PackFormat.Entry> kept = new ArrayList<>();
      boolean garbage = false;
      for (PackFormat.Entry entry : PackFormat.read(pack.path())) {
        Location at = index.get(entry.digest());
        boolean stays = at != null && at.pack() == pack && keep.test(entry.digest());
        sums[stays ? 2 : 0]++;
        sums[stays ? 3 : 1] += entry.size();
        garbage |= !stays;
        if (stays) {
          kept.add(entry);
        }
      }
      if (garbage && !dryRun) {
        replace(pack, kept);
      }
    }
    return new Swept(sums[0], sums[1], sums[2], sums[3]);
  }

  /** Readers of the old pack go on reading it; new ones find the chunks in the new pack. */
  private void replace(Pack old, List<PackFormat.Entry> kept) throws IOException {
    if (!kept.isEmpty()) {
      String name = newBatch();
      List<ChunkRef> refs = kept.stream().map(PackFormat.Entry::ref).toList();
      Path path = pathOf(name);
      List<PackFormat.Entry> entries = write(path, refs, this);
      Pack pack = load(name, path, entries);
      entries.forEach(
          entry -> index.put(entry.digest(), new Location(pack, entry.offset(), entry.size())));
    }
    index.values().removeIf(location -> location.pack() == old);
    packs.remove(old.name());
    old.retire();
  }

  @Override
  public long chunkCount() {
    return index.size();
  }

  @Override
  public long bytes() {
    return packs.values().stream().mapToLong(Pack::size).sum();
  }

  @Override
  public void close() {
    packs.values().forEach(Pack::release);
  }
}
