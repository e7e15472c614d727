package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Row;
import dev.insitu.device.Model;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How soon a model that is arriving is nearly as good as it will be. */
final class QualityWatch {

  private static final double POINTS = 0.02;
  private static final double MOST_OF_DOWNLOAD = 0.25;

  private final Workbench bench;
  private final Subject subject;
  private final Line line;
  private final Wishes wishes;

  /** A score, and what had arrived when it was known. */
  private record Score(double accuracy, double byteShare, double seconds) {}

  QualityWatch(Workbench bench, Subject subject, Line line, Wishes wishes) {
    this.bench = bench;
    this.subject = subject;
    this.line = line;
    this.wishes = wishes;
  }

  /** Share of the whole lossless download after which accuracy stays within two points. */
  Row row(Depot depot) throws IOException {
    List<Score> scores = new ArrayList<>();
    double complete;
    try (ShapedLink link = line.open(depot.port());
        Device device =
            new Device(
                bench.fresh("watched"),
                link.port(),
                bench.trust(),
                subject.name(),
                Meter.inMemory())) {
      long start = System.nanoTime();
      Model model = device.model().pull(wishes);
      while (!model.whenDone().isDone()) {
        scores.add(score(model, start));
      }
      Device.await(model);
      complete = Stats.secondsSince(start);
      scores.add(score(model, start));
    }
    double last = scores.getLast().accuracy();
    int good = scores.size() - 1;
    while (good > 0 && scores.get(good - 1).accuracy() >= last - POINTS) {
      good--;
    }
    Score reached = scores.get(good);
    return Figure.of(
            "first-answer/" + subject.name() + "/" + line.label() + "/final-2-points",
            "share of download",
            reached.byteShare())
        .with("accuracyThen", reached.accuracy())
        .with("finalAccuracy", last)
        .with("timeShare", reached.seconds() / complete)
        .with("completeSeconds", complete)
        .with("quizzes", scores.size())
        .with("mostOfDownload", MOST_OF_DOWNLOAD)
        .row(reached.byteShare() <= MOST_OF_DOWNLOAD);
  }

  private Score score(Model model, long start) {
    int[] answers = new int[subject.labels().orElseThrow().length];
    int count = 0;
    for (Map<String, Tensor> question : subject.questions()) {
      for (int answer : Answers.classes(List.of(model.run(question)))) {
        answers[count++] = answer;
      }
    }
    return new Score(
        Answers.agreement(subject.labels().orElseThrow(), answers),
        model.progress().fraction(),
        Stats.secondsSince(start));
  }
}
