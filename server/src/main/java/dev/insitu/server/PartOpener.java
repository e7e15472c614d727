package dev.insitu.server;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.WeightLayout;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.server.inference.OpenPart;
import dev.insitu.server.inference.PartKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Makes parts of stored packages run. */
final class PartOpener {

  /** What the engine takes for each byte of weights once it has arranged them for itself. */
  private static final int MEMORY_FACTOR = 2;

  private static final long SESSION_BYTES = 4L << 20;

  private final Library library;
  private final OptionalDouble bits;
  private final Path directory;
  private final SubModelExporter exporter;

  /**
   * @param bits of the weights; empty for all that the packages have
   * @param directory for temporary files
   */
  PartOpener(Library library, OptionalDouble bits, Path directory) {
    this.library = library;
    this.bits = bits;
    this.directory = directory;
    this.exporter = new SubModelExporter(directory);
  }

  /** Memory that a part will take, in bytes, roughly. */
  static long memory(Manifest manifest, PartKey key) {
    WeightLayout layout = manifest.layout();
    Map<Long, Long> lengths = new HashMap<>();
    manifest.segments().subList(key.from(), key.to()).stream()
        .flatMap(segment -> segment.tensors().stream())
        .filter(layout::has)
        .forEach(tensor -> lengths.put(layout.offset(tensor), layout.length(tensor)));
    long weights = lengths.values().stream().mapToLong(Long::longValue).sum();
    return SESSION_BYTES + MEMORY_FACTOR * weights;
  }

  /**
   * Opens a part.
   *
   * @throws IOException if its weights cannot be read or put together
   */
  OpenPart open(StoredPackage stored, PartKey key) throws IOException {
    Manifest manifest = stored.manifest();
    Files.createDirectories(directory);
    Path scratch = Files.createTempDirectory(directory, "part");
    try {
      Path file = scratch.resolve("part.onnx");
      exporter.exportPart(file, manifest, library, subModel(stored), key.from(), key.to());
      return new OpenPart(
          CutValues.at(manifest, key.from()),
          CutValues.crossing(manifest, key.from()),
          CutValues.at(manifest, key.to()),
          GraphRun.open(file, Optimisation.ALL, name(manifest, key)));
    } finally {
      delete(scratch);
    }
  }

  private static String name(Manifest manifest, PartKey key) {
    return "Segments " + key.from() + " to " + (key.to() - 1) + " of '" + manifest.name() + "'";
  }

  private SubModel subModel(StoredPackage stored) {
    if (bits.isEmpty()) {
      return SubModel.whole(stored.manifest());
    }
    PlanMaker maker =
        new PlanMaker(stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored));
    try {
      return maker.choose(Wishes.everything().withBits(bits.getAsDouble()));
    } catch (ElasticException e) {
      throw new Problem.Refusal(
          422, "model-unservable", "With the server's precision: " + e.getMessage());
    }
  }

  /** The engine has read or mapped what it needs. */
  private static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}
