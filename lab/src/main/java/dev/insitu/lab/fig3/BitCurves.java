package dev.insitu.lab.fig3;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.nested.Family;
import dev.insitu.train.nested.Nesting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Fewer bit planes of all weights, as packages hold them. */
final class BitCurves {

  /** Shares of the root's float32 size that prefixes are measured at. */
  private static final List<Double> SHARES = List.of(0.05, 0.06, 0.1);

  /** Whole groups that are measured; six planes are eight bits. */
  private static final List<Integer> MEASURED = List.of(0, 1, 2, 3, 6);

  /** Groups that models are trained for alone. */
  private static final List<Integer> ALONE = List.of(0, 1, 2);

  private final Bench bench;

  BitCurves(Bench bench) {
    this.bench = bench;
  }

  List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    jobs.add(untrained());
    jobs.add(new Job("training bits together", 5.5, this::nested));
    for (int group : ALONE) {
      jobs.add(
          new Job("training group " + group + " of bits alone", 1.8, told -> alone(group, told)));
    }
    return jobs;
  }

  Job untrained() {
    return new Job(
        "measuring bits of the root",
        2.2,
        told ->
            measure(
                Retraining.NONE,
                () -> new Bench.Packing(bench.settings().root(), ForgeOptions.of("bits", "1")),
                told));
  }

  private void nested(Job.Told told) throws IOException {
    measure(Retraining.NESTED, () -> family("bits-nested", root -> Nesting.BITS, told), told);
    bench.forget("bits-nested");
  }

  private Bench.Packing family(String name, Function<OnnxModel, Nesting> nesting, Job.Told told)
      throws IOException {
    Family family = new Families(bench).train(name, nesting, told);
    return new Bench.Packing(family.onnx(), bench.options("bits", family));
  }

  private void measure(Retraining retraining, Bench.Finding model, Job.Told told)
      throws IOException {
    String name = Technique.BITS.id() + "-" + retraining.id();
    try (PackageFile family = bench.pack(name, model, told)) {
      List<Packaged> all = prefixes(family.manifest(), bench.rootBytes());
      for (int i = 0; i < all.size(); i++) {
        bench.measure(Technique.BITS, retraining, all.get(i), family);
        told.update(i + 1, all.size());
      }
    }
  }

  /** Whole groups, prefixes of given sizes, and everything. */
  private static List<Packaged> prefixes(Manifest manifest, long rootBytes) {
    int depth = manifest.segments().size();
    Set<Packaged> found = new LinkedHashSet<>();
    for (int group : MEASURED) {
      found.add(Packaged.upTo(group, manifest, depth));
    }
    found.add(Packaged.upTo(manifest.losslessGroup(), manifest, depth));
    for (double share : SHARES) {
      int chunks = SubModel.prefixOfBytes(manifest, Math.round(share * rootBytes)).size();
      found.add(new Packaged(1, depth, chunks));
    }
    found.removeIf(some -> !some.answers(manifest));
    return List.copyOf(found);
  }

  private void alone(int group, Job.Told told) throws IOException {
    String training = "bits-alone-" + group;
    String name = "group " + group;
    if (bench.isMeasured(Technique.BITS, Retraining.ALONE, name)) {
      return;
    }
    Bench.Packing packing =
        family(training, root -> Nesting.BITS.only(Families.upTo(group, root)), told);
    bench.packed(
        packing,
        packed -> {
          Manifest manifest = packed.manifest();
          Packaged groups = Packaged.upTo(group, manifest, manifest.segments().size());
          bench.measure(
              Technique.BITS,
              Retraining.ALONE,
              name,
              groups.bytes(manifest),
              file -> groups.export(packed, bench.settings().out(), file));
        });
    bench.forget(training);
  }
}
