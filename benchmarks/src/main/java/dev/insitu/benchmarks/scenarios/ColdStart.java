package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Row;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The same from the start of a process: its JVM has loaded nothing yet. */
final class ColdStart {

  private final Workbench bench;
  private final Subject subject;
  private final Line line;
  private final Wishes wishes;

  ColdStart(Workbench bench, Subject subject, Line line, Wishes wishes) {
    this.bench = bench;
    this.subject = subject;
    this.line = line;
    this.wishes = wishes;
  }

  /**
   * @param bound of a warm start
   * @param peer whose download is counted; its session is made in a process of its own too
   * @param root what the root answers
   * @param mostError of an answer, as {@link Answers#error}
   */
  Row row(
      String name,
      Depot depot,
      int runs,
      double bound,
      Optional<OnnxDownload> peer,
      List<Map<String, Tensor>> root,
      double mostError)
      throws IOException, InterruptedException {
    Path question = bench.fresh("question");
    TensorFile.write(question, subject.question());
    double[] seconds = new double[runs];
    double worst = 0;
    for (int run = 0; run < runs; run++) {
      Path answer = bench.fresh("answer");
      try (ShapedLink link = line.open(depot.port())) {
        seconds[run] =
            seconds(
                List.of(
                    ColdStartProcess.DEVICE,
                    question.toString(),
                    answer.toString(),
                    bench.fresh("device").toString(),
                    String.valueOf(link.port()),
                    subject.name(),
                    bench.key().hex(),
                    String.valueOf(
                        wishes.startAgreement().orElse(Wishes.DEFAULT_START_AGREEMENT))));
      }
      worst = Math.max(worst, Answers.error(root.getFirst(), TensorFile.read(answer)));
    }
    OptionalDouble other = OptionalDouble.empty();
    if (peer.isPresent()) {
      other = OptionalDouble.of(peer.get().downloadSeconds() + session(question));
    }
    return Figure.of(name, "s", seconds)
        .bound(bound)
        .peer(other)
        .with("errorOfAnswer", worst)
        .row(worst <= mostError);
  }

  private double session(Path question) throws IOException, InterruptedException {
    return seconds(
        List.of(
            ColdStartProcess.ONNX,
            question.toString(),
            bench.fresh("answer").toString(),
            subject.onnx().toString()));
  }

  private static double seconds(List<String> arguments) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (ChildJvm child = ChildJvm.start(ColdStartProcess.class, List.of(), arguments)) {
      child.awaitLine(ColdStartProcess.ANSWERED);
      double seconds = Stats.secondsSince(start);
      child.figures(); // until it has written its answer
      return seconds;
    }
  }
}
