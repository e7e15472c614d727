package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** From one sub-model to a larger one of the same package. */
final class SubModelUpgrades {

  private static final List<Wishes> STEPS =
      List.of(
          Wishes.everything().withBits(3.5),
          Wishes.everything().withBits(5),
          Wishes.everything().withBits(9),
          Wishes.everything());

  private static final List<String> LABELS = List.of("3.5bits", "5bits", "9bits", "lossless");

  private final Workbench bench;
  private final Request request;
  private final Subject subject;

  SubModelUpgrades(Workbench bench, Request request, Subject subject) {
    this.bench = bench;
    this.request = request;
    this.subject = subject;
  }

  void run() throws IOException {
    Path file = bench.pack(subject, "1", List.of());
    Root root = Root.of(subject.onnx(), subject.questions());
    try (Depot depot = new Depot(bench);
        PackageFile pack = bench.open(file)) {
      depot.publish(file);
      try (Device device =
          new Device(
              bench.fresh("device"),
              depot.port(),
              bench.trust(),
              subject.name(),
              Meter.inMemory())) {
        device.pull(STEPS.getFirst());
        for (int step = 1; step < STEPS.size(); step++) {
          report(depot, pack, device, step, root);
        }
      }
    }
  }

  private void report(Depot depot, PackageFile pack, Device device, int step, Root root)
      throws IOException {
    SubModel held = chosen(depot, pack, STEPS.get(step - 1));
    SubModel wanted = chosen(depot, pack, STEPS.get(step));
    long missing =
        wanted
            .missingFrom(held)
            .mapToLong(chunk -> pack.manifest().chunks().get(chunk).size())
            .sum();
    Meter.Reading before = device.reading();
    device.pull(STEPS.get(step));
    Meter.Reading cost = device.reading().minus(before);
    boolean lossless = step == STEPS.size() - 1;
    double difference = root.difference(Answers.of(device.model()::run, subject.questions()));
    request
        .rows()
        .accept(
            Figure.of(
                    "upgrade/"
                        + subject.name()
                        + "/"
                        + LABELS.get(step - 1)
                        + "-to-"
                        + LABELS.get(step),
                    "content bytes",
                    cost.content())
                .bound(missing)
                .with("heldBytes", held.bytes())
                .with("planBytes", cost.other())
                .with("requestBytes", cost.requests())
                .with("socketBytes", cost.sockets())
                .with("differenceFromRoot", difference)
                .row(cost.content() == missing && (!lossless || difference <= Answers.SAME)));
  }

  private SubModel chosen(Depot depot, PackageFile pack, Wishes wishes) {
    Plan plan = depot.plan(subject.name(), wishes);
    return SubModel.closureOf(pack.manifest(), Range.indices(plan.content().chunks()));
  }
}
