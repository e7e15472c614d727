package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.Model;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.ShapedLink;
import dev.insitu.planner.PlannedModel;
import dev.insitu.runtime.FusePolicy;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Carries plans out: a device of the SDK pulls them over a shaped link and answers. */
final class PlannedPull {

  private final Workbench bench;
  private final Depot depot;
  private final PlanPackage pack;
  private final Map<String, Tensor> question;

  /**
   * @param depot has the package
   * @param question one sample
   */
  PlannedPull(Workbench bench, Depot depot, PlanPackage pack, Map<String, Tensor> question) {
    this.bench = bench;
    this.depot = depot;
    this.pack = pack;
    this.question = question;
  }

  /** The sample that all inferences are made with. */
  Map<String, Tensor> question() {
    return question;
  }

  /**
   * What was seen.
   *
   * @param firstAnswerSeconds from the asking to the first answer
   * @param timeSeconds until all inferences were answered
   * @param arrivalSeconds until all was there and in use
   * @param contentBytes of the stream
   * @param answers to further questions, when all was in use
   */
  record Seen(
      double firstAnswerSeconds,
      double timeSeconds,
      double arrivalSeconds,
      long contentBytes,
      List<Map<String, Tensor>> answers) {}

  /**
   * Carries a plan out on a device that has nothing.
   *
   * @param inferences one after the other
   * @param further questions that are asked in the end, out of the time
   */
  Seen run(PlannedModel plan, Line line, long inferences, List<Map<String, Tensor>> further)
      throws IOException {
    Plan stream = pack.stream(plan);
    depot.open(stream);
    Meter meter = Meter.inMemory();
    try (ShapedLink link = line.open(depot.port());
        Device device = new Device(options(plan, stream, link, meter), stream.model(), meter)) {
      Model model = device.model();
      long start = System.nanoTime();
      model.pull(wishes(plan));
      model.run(question);
      double first = Stats.secondsSince(start);
      for (long i = 1; i < inferences; i++) {
        model.run(question);
      }
      double time = Stats.secondsSince(start);
      Device.await(model);
      double arrival = Stats.secondsSince(start);
      return new Seen(
          first, time, arrival, meter.reading().content(), Answers.of(model::run, further));
    }
  }

  private DeviceOptions options(PlannedModel plan, Plan stream, ShapedLink link, Meter meter) {
    Path directory = bench.fresh("device");
    FusePolicy fuse = plan.fused() ? FusePolicy.ALWAYS : FusePolicy.NEVER;
    return DeviceOptions.builder(directory, Line.url(link.port()), bench.trust())
        .transport(new GivenPlan(new MeteredTransport(meter), stream))
        .runtime(runtime -> runtime.fusePolicy(fuse))
        .build();
  }

  private Wishes wishes(PlannedModel plan) {
    Wishes all = Wishes.everything().withWidth(plan.width());
    return plan.exit().isPresent() ? all.withDepth(plan.depth()) : all;
  }
}
