package dev.insitu.lab.fig3;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.SegmentPlan;
import dev.insitu.server.SubModelExporter;
import dev.insitu.train.exits.ExitPlace;
import dev.insitu.train.exits.ExitTraining;
import dev.insitu.train.nested.Family;
import dev.insitu.train.nested.Nesting;
import dev.insitu.train.nested.SubNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The first layers of the root with a classifier of their own, in float32. */
final class DepthCurves {

  /** Cuts wherever the root can be cut. */
  static final int SEGMENTS = 256;

  private final Bench bench;
  private final List<ExitPlace> places;

  DepthCurves(Bench bench) {
    this.bench = bench;
    try (OnnxModel root = OnnxModel.open(bench.settings().root())) {
      this.places = places(root);
    }
  }

  /** Where models end. */
  static List<ExitPlace> places(OnnxModel root) {
    SegmentPlan plan = Forge.plan(root, options("depth"));
    return Exits.after(plan).stream().map(after -> ExitPlace.at(plan, after)).toList();
  }

  /** Packing for which those places are cuts. */
  static ForgeOptions options(String name) {
    return ForgeOptions.of(name, "1").withMaxSegments(SEGMENTS);
  }

  List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    jobs.add(new Job("training exits of the root", 1.5, this::none));
    jobs.add(new Job("training exits together with the rest", 2.8, this::nested));
    for (ExitPlace place : places) {
      jobs.add(new Job("training the " + name(place) + " alone", 1.1, told -> alone(place, told)));
    }
    return jobs;
  }

  private static String name(ExitPlace place) {
    return "exit after segment " + place.afterSegment();
  }

  private boolean areMeasured(Retraining retraining) {
    return bench.areMeasured(
        Technique.DEPTH, retraining, places.stream().map(DepthCurves::name).toList());
  }

  /** Exits learn while the root is left as it is. */
  private void none(Job.Told told) throws IOException {
    if (areMeasured(Retraining.NONE)) {
      return;
    }
    Path root = bench.settings().root();
    measure(Retraining.NONE, root, heads(bench, places, told), places);
  }

  /** The root's exits, trained if they are not there. */
  static List<ExitHead> heads(Bench bench, List<ExitPlace> places, Job.Told told)
      throws IOException {
    Path directory = Files.createDirectories(bench.settings().out().resolve("models/exits"));
    Path done = directory.resolve("done");
    List<ExitHead> heads =
        places.stream()
            .map(place ->
                new ExitHead(
                    place.afterSegment(),
                    directory.resolve("exit" + place.afterSegment() + ".onnx")))
            .toList();
    if (!Files.exists(done)) {
      try (OnnxModel root = OnnxModel.open(bench.settings().root())) {
        new ExitTraining(
                root, bench.pictures().training(), bench.recipe(), bench.training("exits", told))
            .train(places, directory);
      }
      Files.createFile(done);
      bench.forget("exits");
    }
    return heads;
  }

  private void nested(Job.Told told) throws IOException {
    if (!areMeasured(Retraining.NESTED)) {
      Family family =
          new Families(bench).train("depth-nested", root -> Nesting.NONE.withExits(places), told);
      measure(Retraining.NESTED, family.onnx(), family.exits(), places);
      bench.measureFloats(Technique.DEPTH, Retraining.NESTED, "whole", family.onnx());
      bench.forget("depth-nested");
    }
  }

  private void alone(ExitPlace place, Job.Told told) throws IOException {
    if (!bench.isMeasured(Technique.DEPTH, Retraining.ALONE, name(place))) {
      String training = "depth-alone-" + place.afterSegment();
      List<ExitPlace> one = List.of(place);
      Family family =
          new Families(bench)
              .train(
                  training,
                  root -> Nesting.NONE.withExits(one).only(SubNetwork.WHOLE.withExit(0)),
                  told);
      measure(Retraining.ALONE, family.onnx(), family.exits(), one);
      bench.forget(training);
    }
  }

  private void measure(
      Retraining retraining, Path model, List<ExitHead> heads, List<ExitPlace> measured)
      throws IOException {
    Bench.Packing packing = new Bench.Packing(model, options("depth").withExits(heads));
    bench.packed(
        packing,
        family -> {
          for (ExitPlace place : measured) {
            bench.measureFloats(
                Technique.DEPTH, retraining, name(place), file -> export(family, place, file));
          }
        });
  }

  private void export(PackageFile family, ExitPlace place, Path file) throws IOException {
    new SubModelExporter(bench.settings().out())
        .exportTo(
            file,
            family.manifest(),
            family,
            SubModel.whole(family.manifest()),
            place.afterSegment() + 1);
  }
}
