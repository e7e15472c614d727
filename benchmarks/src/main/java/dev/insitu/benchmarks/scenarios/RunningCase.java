package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.cli.Scenario.Row;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.FusePolicy;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** One model, run in segments and as one session. */
final class RunningCase {

  private static final double MOST_FUSED = 1.03;
  private static final double STREAM_MEGABITS = 20;

  /** Above so many milliseconds for a whole inference the fee at each cut counts for little. */
  private static final double LONG_MILLIS = 5;

  private static final Limits OF_LONG = new Limits(1.12, 1.8);
  private static final Limits OF_SHORT = new Limits(1.3, 3);

  private final Workbench bench;
  private final Request request;
  private final Subject subject;
  private final String label;
  private final int pairs;

  /**
   * How much slower segments may be.
   *
   * @param sameLevel than one session at the same level
   * @param streaming while the model arrives, than the fully optimised session
   */
  private record Limits(double sameLevel, double streaming) {}

  RunningCase(Workbench bench, Request request, Subject subject, String label, int pairs) {
    this.bench = bench;
    this.request = request;
    this.subject = subject;
    this.label = "running/" + label;
    this.pairs = pairs;
  }

  void run() throws IOException {
    try (PackageFile pack = bench.open(bench.pack(subject, "1", List.of()))) {
      Limits limits = limits();
      request.rows().accept(segments(pack, Optimisation.BASIC, limits));
      request.rows().accept(segments(pack, Optimisation.ALL, limits));
      try (GraphRun whole = GraphRun.open(subject.onnx(), Optimisation.ALL)) {
        streamAndFuse(pack, whole, limits);
      }
    }
  }

  private Limits limits() {
    try (GraphRun whole = GraphRun.open(subject.onnx(), Optimisation.ALL)) {
      Pairs some = Pairs.measure(9, () -> ask(whole), () -> ask(whole));
      return Stats.median(some.ours()) >= LONG_MILLIS ? OF_LONG : OF_SHORT;
    }
  }

  private Map<String, Tensor> ask(GraphRun run) {
    return run.run(subject.question());
  }

  private Row segments(PackageFile pack, Optimisation level, Limits limits) throws IOException {
    RuntimeOptions options =
        RuntimeOptions.builder().streaming(level).fusePolicy(FusePolicy.NEVER).build();
    try (ProgressiveModel model =
            new ProgressiveModel(pack.manifest(), pack, bench.fresh("work"), options);
        GraphRun whole = GraphRun.open(subject.onnx(), level)) {
      model.expect(SubModel.whole(pack.manifest()), SubModel.whole(pack.manifest()));
      SubModel.whole(pack.manifest()).indices().forEach(model::arrived);
      model.whenComplete().join();
      double difference = difference(whole, model);
      Pairs timed = Pairs.measure(pairs, () -> model.run(subject.question()), () -> ask(whole));
      String level2 = level.name().toLowerCase(Locale.ROOT);
      return Figure.of(label + "/segments-" + level2, "ms", timed.ours())
          .peer(OptionalDouble.of(Stats.median(timed.peer())))
          .with("medianPairRatio", timed.medianRatio())
          .with("mostRatio", limits.sameLevel())
          .with("segments", pack.manifest().segments().size())
          .with("differenceOfAnswers", difference)
          .row(timed.medianRatio() <= limits.sameLevel() && difference <= Answers.SAME);
    }
  }

  private double difference(GraphRun whole, ProgressiveModel model) {
    return Answers.difference(
        Answers.of(whole::run, subject.questions()), Answers.of(model::run, subject.questions()));
  }

  private void streamAndFuse(PackageFile pack, GraphRun whole, Limits limits) throws IOException {
    RuntimeOptions options = RuntimeOptions.builder().fusePolicy(FusePolicy.ALWAYS).build();
    try (ProgressiveModel model =
        new ProgressiveModel(pack.manifest(), pack, bench.fresh("work"), options)) {
      Streaming.Result streamed =
          new Streaming(pack, model, subject.question(), STREAM_MEGABITS).measure(() -> ask(whole));
      double ratio = Stats.median(streamed.millis()) / streamed.quietPeerMillis();
      request
          .rows()
          .accept(
              Figure.of(label + "/while-streaming", "ms", streamed.millis())
                  .peer(OptionalDouble.of(streamed.quietPeerMillis()))
                  .with("mostRatio", limits.streaming())
                  .with("buildShare", streamed.buildShare())
                  .row(ratio <= limits.streaming()));
      request
          .rows()
          .accept(
              Figure.of(label + "/until-fused", "s", streamed.secondsUntilFused())
                  .bound(streamed.secondsUntilArrived())
                  .with("fuseSeconds", streamed.fuseSeconds())
                  .with("megabits", STREAM_MEGABITS)
                  .row(model.fused()));
      request.rows().accept(fused(model, whole));
    }
  }

  private Row fused(ProgressiveModel model, GraphRun whole) {
    boolean equal =
        Answers.of(whole::run, subject.questions())
            .equals(Answers.of(model::run, subject.questions()));
    Pairs timed = Pairs.measure(pairs, () -> model.run(subject.question()), () -> ask(whole));
    return Figure.of(label + "/fused", "ms", timed.ours())
        .peer(OptionalDouble.of(Stats.median(timed.peer())))
        .with("medianPairRatio", timed.medianRatio())
        .with("mostRatio", MOST_FUSED)
        .with("bitEqual", equal)
        .row(timed.medianRatio() <= MOST_FUSED && equal && model.fused());
  }
}
