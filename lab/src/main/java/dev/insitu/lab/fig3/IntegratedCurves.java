package dev.insitu.lab.fig3;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.TrainedWith;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.exits.ExitPlace;
import dev.insitu.train.nested.Family;
import dev.insitu.train.nested.Nesting;
import dev.insitu.train.nested.SubNetwork;
import dev.insitu.train.nested.WidthAxis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Depth, width and bits at once: every sub-model from one package. */
final class IntegratedCurves {

  private static final List<Double> WIDTHS = List.of(0.75, 0.5, 0.25);
  private static final int DRAWN = 2;

  /** Shares of the root's float32 size for which the best sub-model is measured. */
  private static final List<Double> SHARES =
      List.of(
          0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.25);

  /** Shares for which a model of the whole depth is trained alone too. */
  private static final List<Double> ALONE = List.of(0.01, 0.025, 0.05, 0.1);

  private final Bench bench;
  private final Families families;
  private final List<ExitPlace> places;

  IntegratedCurves(Bench bench) {
    this.bench = bench;
    this.families = new Families(bench);
    try (OnnxModel root = OnnxModel.open(bench.settings().root())) {
      this.places = everySecond(DepthCurves.places(root));
    }
  }

  private static List<ExitPlace> everySecond(List<ExitPlace> all) {
    return IntStream.range(0, all.size()).filter(i -> i % 2 == 1).mapToObj(all::get).toList();
  }

  List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    jobs.add(new Job("measuring the root's depth, width and bits", 4, this::none));
    jobs.add(new Job("training depth, width and bits together", 10, this::nested));
    for (double share : ALONE) {
      String size = 100 * share + " %";
      jobs.add(new Job("training for " + size + " alone", 1.5, told -> alone(share, told)));
    }
    return jobs;
  }

  private void none(Job.Told told) throws IOException {
    try (PackageFile family = bench.pack(name(Retraining.NONE), () -> untrained(told), told)) {
      measure(Retraining.NONE, family, told);
    }
  }

  private Bench.Packing untrained(Job.Told told) throws IOException {
    Set<Integer> wanted = places.stream().map(ExitPlace::afterSegment).collect(Collectors.toSet());
    try (OnnxModel root = OnnxModel.open(bench.settings().root())) {
      List<ExitHead> heads =
          DepthCurves.heads(bench, DepthCurves.places(root), told).stream()
              .filter(head -> wanted.contains(head.afterSegment()))
              .toList();
      WidthAxis axis = Families.widths(root, WIDTHS);
      ForgeOptions options =
          DepthCurves.options("integrated")
              .withExits(heads)
              .withWidths(WIDTHS)
              .withTraining(new TrainedWith(Map.of(), axis.orders()));
      return new Bench.Packing(bench.settings().root(), options);
    }
  }

  private void nested(Job.Told told) throws IOException {
    try (PackageFile family = family(told)) {
      measure(Retraining.NESTED, family, told);
    }
    bench.forget(name(Retraining.NESTED));
  }

  private PackageFile family(Job.Told told) throws IOException {
    return bench.pack(name(Retraining.NESTED), () -> trained(told), told);
  }

  private Bench.Packing trained(Job.Told told) throws IOException {
    Family family = families.train(name(Retraining.NESTED), this::nesting, told);
    ForgeOptions options =
        bench
            .options("integrated", family)
            .withMaxSegments(DepthCurves.SEGMENTS)
            .withWidths(WIDTHS);
    return new Bench.Packing(family.onnx(), options);
  }

  private Nesting nesting(OnnxModel root) {
    return Nesting.BITS
        .withWidths(Families.widths(root, WIDTHS))
        .withExits(places)
        .withDrawn(DRAWN);
  }

  private static String name(Retraining retraining) {
    return Technique.INTEGRATED.id() + "-" + retraining.id();
  }

  private void measure(Retraining retraining, PackageFile family, Job.Told told)
      throws IOException {
    Choice choice = Choice.of(family, retraining, bench, told);
    Set<Packaged> chosen = new LinkedHashSet<>();
    for (double share : SHARES) {
      choice.best(bytes(share), model -> true).ifPresent(chosen::add);
    }
    if (retraining == Retraining.NESTED) { // what those that are trained alone are compared with
      for (double share : ALONE) {
        wholeDepth(choice, family.manifest(), share).ifPresent(chosen::add);
      }
    }
    Manifest manifest = family.manifest();
    chosen.add(new Packaged(1, manifest.segments().size(), manifest.chunks().size()));
    for (Packaged model : chosen) {
      bench.measure(Technique.INTEGRATED, retraining, model, family);
    }
  }

  private long bytes(double share) {
    return Math.round(share * bench.rootBytes());
  }

  /** The best of whole groups in full depth. */
  private Optional<Packaged> wholeDepth(Choice choice, Manifest manifest, double share) {
    int depth = manifest.segments().size();
    return choice.best(
        bytes(share), model -> model.depth() == depth && group(model, manifest).isPresent());
  }

  /** The group that a sub-model ends with, if it has all of it. */
  private static Optional<Integer> group(Packaged model, Manifest manifest) {
    Manifest view = manifest.atShare(model.width());
    for (int group = 0; group <= manifest.losslessGroup(); group++) {
      if (Packaged.upTo(group, view, model.depth()).equals(model)) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }

  private void alone(double share, Job.Told told) throws IOException {
    try (PackageFile family = family(told)) {
      Choice choice = Choice.of(family, Retraining.NESTED, bench, told);
      Optional<Packaged> like = wholeDepth(choice, family.manifest(), share);
      if (like.isPresent()) {
        alone(like.get().width(), group(like.get(), family.manifest()).orElseThrow(), told);
      }
    }
  }

  private void alone(double width, int group, Job.Told told) throws IOException {
    String name = "width " + width + " group " + group;
    if (bench.isMeasured(Technique.INTEGRATED, Retraining.ALONE, name)) {
      return;
    }
    String training = "integrated-alone-" + width + "-" + group;
    Family family = families.train(training, root -> only(root, width, group), told);
    Bench.Packing packing =
        new Bench.Packing(
            width < 1 ? family.narrower().getFirst().onnx() : family.onnx(),
            bench.options("integrated", family));
    bench.packed(
        packing,
        file -> {
          Manifest manifest = file.manifest();
          Packaged model = Packaged.upTo(group, manifest, manifest.segments().size());
          bench.measure(
              Technique.INTEGRATED,
              Retraining.ALONE,
              name,
              model.bytes(manifest),
              out -> model.export(file, bench.settings().out(), out));
        });
    bench.forget(training);
  }

  private static Nesting only(OnnxModel root, double width, int group) {
    SubNetwork one = Families.upTo(group, root);
    if (width == 1) {
      return Nesting.BITS.only(one);
    }
    WidthAxis axis = Families.widths(root, List.of(width)).withOwnValues(true);
    return Nesting.BITS.withWidths(axis).only(one.withWidth(1));
  }
}
