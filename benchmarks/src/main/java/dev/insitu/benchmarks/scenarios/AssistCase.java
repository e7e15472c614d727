package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.Part;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import dev.insitu.server.SubModelExporter;
import dev.insitu.server.inference.InferenceOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** One model, computed by a server and in this process. */
final class AssistCase {

  private static final double MOST_OVERHEAD_MILLIS = 1;
  private static final double LEAST_SHARE = 0.9;
  private static final double WARM_UP_SECONDS = 4;
  private static final double SECONDS = 4;
  private static final int ROUNDS = 3;

  private final Workbench bench;
  private final Request request;
  private final Subject subject;
  private final String label;
  private final int pairs;
  private final Duration target;

  /**
   * @param target for the latency of all but one in twenty requests when many ask at once
   */
  AssistCase(
      Workbench bench, Request request, Subject subject, String label, int pairs, Duration target) {
    this.bench = bench;
    this.request = request;
    this.subject = subject;
    this.label = "assist/" + label;
    this.pairs = pairs;
    this.target = target;
  }

  void run() throws Exception {
    ServerOptions options = ServerOptions.of(bench.fresh("library")).withPort(0);
    int batch = batch();
    InferenceOptions inference =
        InferenceOptions.defaults().withBatches(batch, Duration.ofMillis(2));
    try (PackageFile pack = bench.open(bench.pack(subject, "1", List.of()));
        InsituServer server = InsituServer.start(options.withInference(inference))) {
      server.library().publish(pack);
      int segments = pack.manifest().segments().size();
      overhead(server, pack, 0);
      if (segments > 1) {
        overhead(server, pack, segments / 2);
      }
      throughput(server, batch);
    }
  }

  /** The most samples for which a request that has just missed a batch keeps to the target. */
  private int batch() {
    try (GraphRun whole = GraphRun.open(subject.onnx(), Optimisation.ALL)) {
      int batch = 1;
      while (batch < InferenceOptions.DEFAULT_MAX_BATCH && fits(whole, 2 * batch)) {
        batch *= 2;
      }
      return batch;
    }
  }

  private boolean fits(GraphRun whole, int samples) {
    Map<String, Tensor> joined = PlainBatching.join(List.of(subject.question()), samples);
    double[] millis = new double[7];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = Pairs.millis(() -> whole.run(joined));
    }
    return 2.5 * Stats.median(millis) <= target.toMillis();
  }

  private void overhead(InsituServer server, PackageFile pack, int cut) throws IOException {
    Map<String, Tensor> values = values(pack, cut);
    InferRequest asked = InferRequest.of(Part.from(cut, pack.digest()), values);
    try (GraphRun here = part(pack, cut, pack.manifest().segments().size());
        AssistClient client = new AssistClient(server.port(), subject.name(), asked)) {
      double difference = Answers.difference(here.run(values), client.ask().outputs());
      for (long start = System.nanoTime(); Stats.secondsSince(start) < WARM_UP_SECONDS; ) {
        client.send(); // until the server's code is compiled
      }
      Pairs timed = Pairs.measure(pairs, client::send, () -> here.run(values));
      double transfer = Loopback.millis(client.bytes(), pairs);
      double[] overhead = new double[pairs];
      for (int i = 0; i < pairs; i++) {
        overhead[i] = timed.ours()[i] - timed.peer()[i];
      }
      double most = MOST_OVERHEAD_MILLIS + transfer;
      request
          .rows()
          .accept(
              Figure.of(label + "/overhead-from-" + cut, "ms", overhead)
                  .bound(most)
                  .with("serverMillis", Stats.median(timed.ours()))
                  .with("inProcessMillis", Stats.median(timed.peer()))
                  .with("bytes", client.bytes())
                  .with("transferMillis", transfer)
                  .with("differenceOfAnswers", difference)
                  .row(Stats.median(overhead) <= most && difference <= Answers.SAME));
    }
  }

  /** What a device would send. */
  private Map<String, Tensor> values(PackageFile pack, int cut) throws IOException {
    if (cut == 0) {
      return subject.question();
    }
    try (GraphRun before = part(pack, 0, cut)) {
      return before.run(subject.question());
    }
  }

  private GraphRun part(PackageFile pack, int from, int to) throws IOException {
    Path file = bench.fresh("part.onnx");
    new SubModelExporter(bench.fresh("scratch"))
        .exportPart(file, pack.manifest(), pack, SubModel.whole(pack.manifest()), from, to);
    return GraphRun.open(file, Optimisation.ALL);
  }

  private void throughput(InsituServer server, int batch) throws Exception {
    int clients = 2 * batch;
    double[] ours = new double[ROUNDS];
    double[] theirs = new double[ROUNDS];
    double[] latency = new double[ROUNDS];
    InferRequest asked = InferRequest.of(Part.WHOLE, subject.question());
    try (GraphRun whole = GraphRun.open(subject.onnx(), Optimisation.ALL);
        PlainBatching plain = new PlainBatching(whole, batch)) {
      double difference =
          Answers.difference(whole.run(subject.question()), plain.run(subject.question()));
      for (int round = 0; round < ROUNDS; round++) {
        AssistLoad here = AssistLoad.run(clients, SECONDS, () -> plain.asker(subject.question()));
        AssistLoad there =
            AssistLoad.run(
                clients,
                SECONDS,
                () -> new AssistClient(server.port(), subject.name(), asked).asker());
        ours[round] = there.perSecond();
        theirs[round] = here.perSecond();
        latency[round] = there.millis(0.95);
      }
      double share = Stats.median(ours) / Stats.median(theirs);
      double most = Stats.median(latency);
      request
          .rows()
          .accept(
              Figure.of(label + "/throughput", "1/s", ours)
                  .peer(OptionalDouble.of(Stats.median(theirs)))
                  .with("leastRatio", LEAST_SHARE)
                  .with("batch", batch)
                  .with("clients", clients)
                  .with("targetMillis", target.toMillis())
                  .with("latencyMillis", most)
                  .with("differenceOfAnswers", difference)
                  .row(
                      share >= LEAST_SHARE
                          && most <= target.toMillis()
                          && difference <= Answers.SAME));
    }
  }
}
