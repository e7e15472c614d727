package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.library.StoredPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A published package of several depths, widths and bits, and the sub-models of a grid over them.
 *
 * @param subject what was packed
 * @param file the package
 * @param models at least as many different ones as were asked for
 */
record GridPackage(Subject subject, Path file, List<GridModel> models) {

  private static final int MOST_EXITS = 4;
  private static final List<Double> WIDTHS = List.of(0.25, 0.5, 0.75);

  GridPackage {
    models = List.copyOf(models);
  }

  /**
   * Packs a model and publishes it.
   *
   * @param count sub-models at least
   */
  static GridPackage make(Workbench bench, Depot depot, Subject subject, int count, long seed)
      throws IOException {
    Subject unmeasured = subject.withoutSamples();
    List<ExitHead> heads;
    try (PackageFile bare = bench.open(bench.pack(unmeasured, "0", List.of()))) {
      heads = GridHeads.make(bench, bare, subject, MOST_EXITS, seed);
    }
    ForgeOptions options = ForgeOptions.of(subject.name(), "1").withExits(heads);
    Path file = bench.pack(unmeasured, options.withWidths(WIDTHS));
    depot.publish(file);
    return new GridPackage(subject, file, models(depot, depot.stored(subject.name()), count));
  }

  /** All depths with all widths, each with the same number of levels of bits. */
  private static List<GridModel> models(Depot depot, StoredPackage stored, int count)
      throws IOException {
    Manifest manifest = stored.manifest();
    List<Integer> depths = new ArrayList<>();
    manifest.exits().forEach(exit -> depths.add(exit.depth()));
    depths.add(manifest.segments().size());
    int shapes = depths.size() * manifest.widths().size();
    int levels = Math.ceilDiv(count, shapes);
    List<GridModel> models = new ArrayList<>();
    Set<Object> distinct = new HashSet<>();
    for (double width : manifest.widths()) {
      for (int depth : depths) {
        for (int level = 0; level < levels; level++) {
          GridModel model = model(depot, stored, manifest.atShare(width), depth, level, levels);
          models.add(model);
          distinct.add(List.of(width, depth, model.chunks().chunkList()));
        }
      }
    }
    if (distinct.size() < count) {
      throw new IOException(
          manifest.name() + " has only " + distinct.size() + " different sub-models in the grid.");
    }
    return models;
  }

  /** Bits between the least that runs and all there are, in equal ratios. */
  private static GridModel model(
      Depot depot, StoredPackage stored, Manifest view, int depth, int level, int levels) {
    SubModel least = SubModel.of(view, depth, 0);
    SubModel whole = SubModel.of(view, depth, view.losslessGroup());
    double ratio = (double) whole.bytes() / least.bytes();
    double share = levels == 1 ? 1 : (double) level / (levels - 1);
    double bits = 8.0 * least.bytes() * Math.pow(ratio, share) / whole.weights();
    Wishes shape = Wishes.everything().withDepth(depth).withWidth(view.share());
    boolean all = level == levels - 1;
    Wishes wishes = all ? shape : shape.withBits(bits * (1 + 1e-9));
    String precision = all ? "lossless" : String.format(Locale.ROOT, "%.2fbits", bits);
    String label = String.format(Locale.ROOT, "w%.4g-d%d-%s", view.share(), depth, precision);
    return new GridModel(label, wishes, depth, level, depot.choose(stored, wishes));
  }

  long bytes() throws IOException {
    return Files.size(file);
  }

  /** One line for people. */
  String described() throws IOException {
    Manifest manifest = models.getFirst().chunks().manifest();
    return String.format(
        Locale.ROOT,
        "%d sub-models of %s: %d depths x %d widths x %d levels of bits, %d chunks, %d bytes",
        models.size(),
        subject.name(),
        manifest.exits().size() + 1,
        manifest.widths().size(),
        1 + models.getLast().level(),
        manifest.chunks().size(),
        bytes());
  }
}
