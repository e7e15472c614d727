package dev.insitu.lab.fig3;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.lab.LabException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What is worth keeping of an experiment: packages cut after the sizes of interest, which is all
 * that a package needs to give its smaller sub-models, and the points.
 */
final class Kept {

  /** Share of the root's float32 size after which packages are cut. */
  private static final double SHARE = 0.101;

  private static final String POINTS = "points.csv";

  private final Path folder;
  private final List<Point> points;

  private Kept(Path folder, List<Point> points) {
    this.folder = folder;
    this.points = points;
  }

  /** What an earlier experiment kept. */
  static Kept open(Path folder) throws IOException {
    Path file = folder.resolve(POINTS);
    if (!Files.exists(file)) {
      throw new LabException(
          "There is no " + file + ".\nMaybe give the folder 'kept' of an earlier experiment.");
    }
    return new Kept(folder, PointFile.read(file));
  }

  List<Point> points() {
    return points;
  }

  /** The package of a family, if it was kept. */
  private Path family(Technique technique, Retraining retraining) {
    return folder.resolve(name(technique, retraining) + ".insitu");
  }

  private static String name(Technique technique, Retraining retraining) {
    return technique.id() + "-" + retraining.id();
  }

  /** Measures a point again if its package holds it, else takes it as it was measured. */
  void add(Point point, Bench bench) throws IOException {
    Path file = family(point.technique(), point.retraining());
    if (Packaged.isName(point.model()) && Files.exists(file)) {
      Packaged model = Packaged.parse(point.model());
      try (PackageFile family = PackageFile.open(file, Trust.anybody())) {
        if (model.chunks() <= family.chunksPresent()) {
          bench.measure(point.technique(), point.retraining(), model, family);
          return;
        }
      }
    }
    bench.add(point);
  }

  /** Keeps what is worth it. */
  static Path write(Bench bench) throws IOException {
    Path folder = Files.createDirectories(bench.settings().out().resolve("kept"));
    for (Technique technique : List.of(Technique.BITS, Technique.INTEGRATED)) {
      String name = name(technique, Retraining.NESTED) + ".insitu";
      Path whole = bench.settings().out().resolve("packages").resolve(name);
      if (Files.exists(whole)) {
        cut(whole, Math.round(SHARE * bench.rootBytes()), folder.resolve(name));
      }
    }
    Files.writeString(folder.resolve(POINTS), PointFile.text(bench.points()));
    return folder;
  }

  /** The package up to the last chunk that fits. */
  private static void cut(Path whole, long chunkBytes, Path target) throws IOException {
    long length;
    try (PackageFile file = PackageFile.open(whole, Trust.anybody())) {
      long prefix = SubModel.prefixOfBytes(file.manifest(), chunkBytes).bytes();
      length = Files.size(whole) - file.manifest().chunkBytes() + prefix;
    }
    Files.copy(whole, target, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }
}
