package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.ChannelTraces;
import dev.insitu.benchmarks.planning.DeviceCourse;
import dev.insitu.benchmarks.planning.DeviceCourse.Outcome;
import dev.insitu.benchmarks.planning.DeviceCourse.Policy;
import dev.insitu.benchmarks.planning.DeviceGenerator;
import dev.insitu.benchmarks.planning.DrawnDevice;
import dev.insitu.benchmarks.planning.FixedModel;
import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.Order;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * How many of the generator's devices get what they asked for, beside how many could, if the future
 * of their channel was known, and beside how many one fixed model serves.
 */
final class PlanDevices {

  private static final int DEVICES = 1_000;
  private static final int QUICK_DEVICES = 200;
  private static final int SEEDS = 3;
  private static final double LEAST_SHARE = 0.95;

  /** Devices ask for limits that hold with this certainty, and ask again when they would not. */
  private static final Policy POLICY = new Policy(0.9, true);

  private final Request request;
  private final PlanPackage pack;
  private final Planner planner;
  private final int devices;

  PlanDevices(Request request, PlanPackage pack) {
    this.request = request;
    this.pack = pack;
    this.planner = new Planner(pack.grid(), Calibration.DEFAULT, ServerSide.NONE);
    this.devices = request.quick() ? QUICK_DEVICES : DEVICES;
  }

  void run() throws IOException {
    for (int i = 0; i < SEEDS; i++) {
      row(request.seed() + i);
    }
  }

  /** Measured channels, or made ones where there are none. */
  static ChannelTraces traces(Request request, long seed) throws IOException {
    Optional<Path> archive = DataFolder.file(ChannelTraces.ARCHIVE);
    if (archive.isEmpty()) {
      request
          .notes()
          .accept(
              "There is no "
                  + ChannelTraces.ARCHIVE
                  + " in the folder of data: channels are made. Maybe set INSITU_DATA.");
      return ChannelTraces.made(seed);
    }
    return ChannelTraces.measured(archive.get());
  }

  private void row(long seed) throws IOException {
    ChannelTraces traces = traces(request, seed);
    DeviceGenerator generator = new DeviceGenerator(seed);
    List<FixedModel> fixed = fixed();
    int[] byFixed = new int[fixed.size()];
    int servable = 0;
    int served = 0;
    double accuracy = 0;
    double bestAccuracy = 0;
    int again = 0;
    for (int i = 0; i < devices; i++) {
      DrawnDevice device = generator.next();
      DeviceCourse course = course(device, traces, POLICY);
      OptionalDouble possible = course.best();
      if (possible.isEmpty()) {
        continue;
      }
      servable++;
      bestAccuracy += possible.getAsDouble();
      Outcome outcome = course.play();
      served += course.served(outcome) ? 1 : 0;
      accuracy += course.served(outcome) ? outcome.accuracy() : 0;
      again += outcome.decisions() - 1;
      for (int f = 0; f < byFixed.length; f++) {
        byFixed[f] += course.served(fixed.get(f)) ? 1 : 0;
      }
    }
    int best = IntStream.of(byFixed).max().orElse(0);
    Figure figure =
        Figure.of("plan/devices/seed" + seed, "of servable", (double) served / servable)
            .bound(1.0)
            .peer(OptionalDouble.of((double) best / servable))
            .with("devices", devices)
            .with("servable", servable)
            .with("served", served)
            .with("asksAgain", again)
            .with("meanAccuracyOfServed", accuracy / Math.max(1, served))
            .with("meanAccuracyPossible", bestAccuracy / Math.max(1, servable))
            .with("channels", traces.source() + ", " + traces.count());
    for (int f = 0; f < byFixed.length; f++) {
      figure.with("servedBy_" + fixed.get(f).name(), byFixed[f]);
    }
    figure.accept(request, served >= LEAST_SHARE * servable);
  }

  private DeviceCourse course(DrawnDevice device, ChannelTraces traces, Policy policy) {
    return new DeviceCourse(
        pack.grid(),
        planner,
        Calibration.DEFAULT.setUpRoundTrips(),
        pack.nothing(),
        device,
        traces.of(device),
        policy);
  }

  /** Float weights, eight bits for each, and the smallest sub-model there is. */
  private List<FixedModel> fixed() {
    long macs = pack.manifest().segments().stream().mapToLong(SegmentSpec::macs).sum();
    long activations =
        pack.manifest().segments().stream().mapToLong(SegmentSpec::activationBytes).max().orElse(0);
    long weights = pack.manifest().weightCount();
    List<PlannedModel> whole =
        planner
            .within(Situation.UNKNOWN, pack.nothing())
            .filter(plan -> plan.exit().isEmpty() && plan.order() == Order.LAYER_MAJOR)
            .filter(plan -> !plan.fused())
            .sorted(Comparator.comparingLong(plan -> plan.expected().chunkBytes()))
            .toList();
    double ofBytes =
        whole.stream()
            .filter(plan -> plan.expected().chunkBytes() <= weights)
            .reduce((first, second) -> second)
            .map(plan -> plan.expected().accuracy().value())
            .orElse(1.0);
    PlannedModel least = whole.getFirst();
    double load = Calibration.DEFAULT.sessionSeconds();
    return List.of(
        new FixedModel(
            "float32", 4 * weights, 4 * weights + activations, 4 * weights, macs, 1, load),
        new FixedModel("int8", weights, weights + activations / 4, weights, macs, ofBytes, load),
        new FixedModel(
            "smallest",
            least.expected().downBytes(),
            least.expected().memoryBytes(),
            least.expected().storageBytes(),
            macs,
            least.expected().accuracy().value(),
            load));
  }
}
