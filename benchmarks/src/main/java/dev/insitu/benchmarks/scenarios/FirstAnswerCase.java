package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.cli.Scenario.Row;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** One model at one link. */
final class FirstAnswerCase {

  private static final double MOST_OF_BOUND = 1.05;
  private static final double MOST_BEYOND_SECONDS = 0.020;
  private static final double MOST_OF_PEER = 0.15;

  private static final int MOST_COLD_STARTS = 3;

  /** Chunks beyond the starter may be in use already, which changes the error a little. */
  private static final double MOST_OF_STARTER_ERROR = 1.05;

  private final Workbench bench;
  private final Request request;
  private final Subject subject;
  private final Line line;
  private final int runs;
  private final OptionalDouble leastAgreement;
  private final Wishes wishes;
  private final List<Map<String, Tensor>> root;

  /**
   * @param leastAgreement with the root at which inference may begin; empty: the server's default
   */
  FirstAnswerCase(
      Workbench bench,
      Request request,
      Subject subject,
      Line line,
      int runs,
      OptionalDouble leastAgreement) {
    this.bench = bench;
    this.request = request;
    this.subject = subject;
    this.line = line;
    this.runs = runs;
    this.leastAgreement = leastAgreement;
    this.wishes =
        leastAgreement.isPresent()
            ? Wishes.everything().withStartAgreement(leastAgreement.getAsDouble())
            : Wishes.everything();
    this.root = Answers.of(subject.onnx(), subject.questions(), Optimisation.ALL);
  }

  /**
   * @param leastBits per weight that the first answer must come from
   */
  void run(double leastBits) throws IOException, InterruptedException {
    Path file = bench.pack(subject, "1", List.of());
    try (Depot depot = new Depot(bench);
        PackageFile pack = bench.open(file)) {
      depot.publish(file);
      Plan plan = depot.plan(subject.name(), wishes);
      Starter starter = Starter.of(bench, pack, plan, subject);
      boolean right = starterAnswers(depot, starter) && goodEnough(starter, leastBits);
      Optional<OnnxDownload> peer = peer();
      double goodput = peer.map(OnnxDownload::goodput).orElse((double) line.bitsPerSecond());
      double[] tails =
          SegmentTimes.tails(pack, starter.model(), subject.question(), bench.fresh("work"));
      double bound =
          FirstAnswerBound.seconds(plan, starter.model(), line.roundTripSeconds(), goodput, tails);
      request.rows().accept(warm(depot, starter, peer, bound, tails[0], right));
      ColdStart cold = new ColdStart(bench, subject, line, wishes);
      int colds = Math.min(runs, MOST_COLD_STARTS);
      double mostError = mostError(starter);
      request.rows().accept(cold.row(label("cold"), depot, colds, bound, peer, root, mostError));
      if (subject.labels().isPresent()) {
        request.rows().accept(new QualityWatch(bench, subject, line, wishes).row(depot));
      }
    }
  }

  private String label(String what) {
    return "first-answer/" + subject.name() + "/" + line.label() + "/" + what;
  }

  private Optional<OnnxDownload> peer() throws IOException, InterruptedException {
    if (!OnnxDownload.possible()) {
      request.notes().accept("There is no curl here, so there is no peer; apt-get install curl.");
      return Optional.empty();
    }
    return Optional.of(OnnxDownload.measure(bench, subject, line));
  }

  /** Whether a device with nothing but the starter answers as the starter does as a plain file. */
  private boolean starterAnswers(Depot depot, Starter starter) throws IOException {
    Wishes only = wishes.withMaxBytes(starter.model().bytes());
    try (Device device =
        new Device(
            bench.fresh("checked"),
            depot.port(),
            bench.trust(),
            subject.name(),
            Meter.inMemory())) {
      device.pull(only);
      double difference =
          Answers.difference(
              starter.answers(), Answers.of(device.model()::run, subject.questions()));
      if (difference > Answers.SAME) {
        request.notes().accept(label("check") + ": the starter's answers differ by " + difference);
      }
      return difference <= Answers.SAME;
    }
  }

  private boolean goodEnough(Starter starter, double leastBits) {
    boolean bits = starter.bitsPerWeight() >= leastBits;
    boolean agrees = leastAgreement.isEmpty() || agreement(starter) >= leastAgreement.getAsDouble();
    return bits && agrees;
  }

  private double agreement(Starter starter) {
    return subject.labels().isEmpty()
        ? Double.NaN
        : Answers.agreement(Answers.classes(root), Answers.classes(starter.answers()));
  }

  private double error(Starter starter) {
    return Answers.error(root.getFirst(), starter.answers().getFirst());
  }

  private double mostError(Starter starter) {
    return MOST_OF_STARTER_ERROR * error(starter) + Answers.SAME;
  }

  private Row warm(
      Depot depot,
      Starter starter,
      Optional<OnnxDownload> peer,
      double bound,
      double computeSeconds,
      boolean right)
      throws IOException {
    boolean good = right;
    double[] seconds = new double[runs];
    for (int run = -1; run < runs; run++) { // the first warms up
      try (ShapedLink link = line.open(depot.port())) {
        Path directory = bench.fresh("device");
        long start = System.nanoTime();
        try (Device device =
            new Device(directory, link.port(), bench.trust(), subject.name(), Meter.inMemory())) {
          Map<String, Tensor> answer = device.model().pull(wishes).run(subject.question());
          if (run >= 0) {
            seconds[run] = Stats.secondsSince(start);
          }
          good &= Answers.error(root.getFirst(), answer) <= mostError(starter);
        }
      }
    }
    Figure figure =
        Figure.of(label("warm"), "s", seconds)
            .bound(bound)
            .peer(
                peer.map(some -> OptionalDouble.of(some.answerSeconds()))
                    .orElse(OptionalDouble.empty()))
            .with("manifestBytes", starter.plan().manifestBytes())
            .with("starterBytes", starter.plan().starterBytes())
            .with("starterBitsPerWeight", starter.bitsPerWeight())
            .with("starterError", error(starter))
            .with("computeSeconds", computeSeconds)
            .with("answersRight", good)
            .with("goodput", peer.map(OnnxDownload::goodput).orElse(Double.NaN));
    if (subject.labels().isPresent()) {
      figure.with("starterAgreement", agreement(starter));
    }
    boolean fast = figure.ours() <= MOST_OF_BOUND * bound + MOST_BEYOND_SECONDS;
    boolean saves = peer.isEmpty() || figure.ours() <= MOST_OF_PEER * peer.get().answerSeconds();
    return figure.row(good && fast && saves);
  }
}
