package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** From one version of a model to the next. */
final class VersionUpgrades {

  private final Workbench bench;
  private final Request request;

  VersionUpgrades(Workbench bench, Request request) {
    this.bench = bench;
    this.request = request;
  }

  /** Versions without names of their own. */
  void run(String what, List<Subject> versions) throws IOException, InterruptedException {
    run(
        what,
        versions,
        IntStream.rangeClosed(1, versions.size()).mapToObj(String::valueOf).toList());
  }

  /**
   * A device follows all versions, each packed with a difference against the one before.
   *
   * @param labels of the versions
   */
  void run(String what, List<Subject> versions, List<String> labels)
      throws IOException, InterruptedException {
    Subject first = versions.getFirst();
    Path file = bench.pack(first, "1", List.of());
    try (Depot depot = new Depot(bench);
        Device device = device(depot, file, first)) {
      for (int i = 1; i < versions.size(); i++) {
        try (PackageFile base = bench.open(file)) {
          file = bench.pack(versions.get(i), String.valueOf(i + 1), List.of(base));
        }
        depot.publish(file);
        String name =
            String.join(
                "/", "upgrade", first.name(), what, labels.get(i - 1) + "-to-" + labels.get(i));
        report(name, depot, device, versions.get(i - 1).onnx(), versions.get(i));
      }
    }
  }

  private Device device(Depot depot, Path file, Subject subject) throws IOException {
    depot.publish(file);
    return new Device(
            bench.fresh("device"), depot.port(), bench.trust(), subject.name(), Meter.inMemory())
        .pull(Wishes.everything());
  }

  private void report(String name, Depot depot, Device device, Path from, Subject to)
      throws IOException, InterruptedException {
    Plan whole = depot.plan(to.name(), Wishes.everything());
    Meter.Reading before = device.reading();
    device.pull(Wishes.everything());
    Meter.Reading cost = device.reading().minus(before);
    double difference =
        Root.of(to.onnx(), to.questions())
            .difference(Answers.of(device.model()::run, to.questions()));
    FilePatches patches = FilePatches.of(bench, from, to.onnx());
    OptionalDouble peer =
        patches.better().isPresent()
            ? OptionalDouble.of((double) patches.better().getAsLong())
            : OptionalDouble.empty();
    if (peer.isEmpty()) {
      request.notes().accept("Neither zstd nor bsdiff is here, so there is no peer.");
    }
    request
        .rows()
        .accept(
            Figure.of(name, "body bytes", cost.bodies())
                .peer(peer)
                .with("contentBytes", cost.content())
                .with("planBytes", cost.other())
                .with("requestBytes", cost.requests())
                .with("socketBytes", cost.sockets())
                .with("zstdBytes", patches.zstd().orElse(-1))
                .with("bsdiffBytes", patches.bsdiff().orElse(-1))
                .with("wholePackageBytes", whole.bytes())
                .with("onnxBytes", Files.size(to.onnx()))
                .with("version", device.model().version().orElse("none"))
                .with("differenceOfAnswers", difference)
                .row(
                    difference <= Answers.SAME
                        && (peer.isEmpty() || cost.bodies() <= patches.better().getAsLong())));
  }
}
