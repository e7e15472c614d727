package dev.insitu.lab.fig3;

import dev.insitu.model.OnnxModel;
import dev.insitu.model.width.NarrowModel;
import dev.insitu.train.nested.Family;
import dev.insitu.train.nested.Nesting;
import dev.insitu.train.nested.SubNetwork;
import dev.insitu.train.nested.WidthAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The root with fewer channels in every layer: really smaller tensors, in float32. */
final class WidthCurves {

  private static final List<Double> SHARES = List.of(0.75, 0.5, 0.375, 0.25, 0.125);
  private static final int DRAWN = 2;

  private final Bench bench;
  private final Families families;

  WidthCurves(Bench bench) {
    this.bench = bench;
    this.families = new Families(bench);
  }

  List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    jobs.add(untrained());
    jobs.add(new Job("training widths together", 3.5, this::nested));
    for (double share : SHARES) {
      jobs.add(
          new Job("training width " + share + " alone", 0.6 + share, told -> alone(share, told)));
    }
    return jobs;
  }

  Job untrained() {
    return new Job("measuring widths of the root", 0.5, this::none);
  }

  private static String name(double share) {
    return "width " + share;
  }

  /** Sent by itself, a narrower model has small values of its own. */
  private static WidthAxis own(OnnxModel root, List<Double> shares) {
    return Families.widths(root, shares).withOwnValues(true);
  }

  /** The root's most important channels. */
  private void none(Job.Told told) throws IOException {
    try (OnnxModel root = OnnxModel.open(bench.settings().root())) {
      WidthAxis axis = Families.widths(root, SHARES);
      for (int width = 1; width < axis.count(); width++) {
        int number = width;
        bench.measureFloats(
            Technique.WIDTH,
            Retraining.NONE,
            name(SHARES.get(width - 1)),
            file -> NarrowModel.write(axis.groups(), axis.orders(), axis.widths(number), file));
        told.update(width, axis.count());
      }
    }
  }

  private void nested(Job.Told told) throws IOException {
    if (bench.areMeasured(
        Technique.WIDTH, Retraining.NESTED, SHARES.stream().map(WidthCurves::name).toList())) {
      return;
    }
    Family family =
        families.train(
            "width-nested",
            root -> Nesting.NONE.withWidths(own(root, SHARES)).withDrawn(DRAWN),
            told);
    bench.measureFloats(Technique.WIDTH, Retraining.NESTED, name(1), family.onnx());
    for (Family.Narrower narrower : family.narrower()) {
      bench.measureFloats(
          Technique.WIDTH, Retraining.NESTED, name(narrower.share()), narrower.onnx());
    }
    bench.forget("width-nested");
  }

  private void alone(double share, Job.Told told) throws IOException {
    if (bench.isMeasured(Technique.WIDTH, Retraining.ALONE, name(share))) {
      return;
    }
    String training = "width-alone-" + share;
    Path model =
        families
            .train(
                training,
                root ->
                    Nesting.NONE
                        .withWidths(own(root, List.of(share)))
                        .only(SubNetwork.WHOLE.withWidth(1)),
                told)
            .narrower()
            .getFirst()
            .onnx();
    bench.measureFloats(Technique.WIDTH, Retraining.ALONE, name(share), model);
    bench.forget(training);
  }
}
