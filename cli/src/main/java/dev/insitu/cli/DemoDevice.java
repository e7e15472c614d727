package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.device.Progress;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.ShapedLink;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A device of the demo at the end of its own link: pulls the model, and answers the quiz again and
 * again meanwhile.
 */
final class DemoDevice implements AutoCloseable {

  /** Early, so that one sees the model become better. */
  private static final double START_AGREEMENT = 0.6;

  private static final Duration QUIZ_PAUSE = Duration.ofMillis(250);

  private final String label;
  private final ShapedLink link;
  private final Insitu insitu;
  private final Model model;
  private final DemoQuiz quiz;
  private final Thread student;
  private final AtomicReference<Seen> seen = new AtomicReference<>(Seen.NOTHING);
  private volatile boolean closing;
  private final long started;

  /**
   * What has been seen of a device so far.
   *
   * @param firstAnswer seconds from the pull to the first answer
   * @param firstScore what the first full quiz gave
   * @param score what the latest full quiz gave
   * @param complete seconds from the pull until all had arrived and was in use
   */
  record Seen(
      OptionalDouble firstAnswer,
      OptionalDouble firstScore,
      OptionalDouble score,
      OptionalDouble complete) {
    static final Seen NOTHING =
        new Seen(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());
  }

  DemoDevice(String label, LinkProfile profile, DemoContext context, String directory)
      throws IOException {
    this.label = label;
    this.quiz = context.material().quiz();
    this.link = ShapedLink.to("127.0.0.1", context.port()).down(profile).up(profile).open();
    URI server = URI.create("http://127.0.0.1:" + link.port());
    this.insitu = Insitu.open(context.directory().resolve(directory), server, context.trust());
    this.started = System.nanoTime();
    Wishes wishes = Wishes.everything().withStartAgreement(START_AGREEMENT);
    this.model = insitu.model(context.material().name()).pull(wishes);
    this.student = Thread.ofPlatform().daemon().name("quiz-" + label).start(this::answer);
  }

  private void answer() {
    try {
      model.run(quiz.questions().getFirst());
      double first = seconds();
      seen.updateAndGet(
          s -> new Seen(OptionalDouble.of(first), s.firstScore(), s.score(), s.complete()));
      while (!closing && seen.get().complete().isEmpty()) {
        double score = quiz.score(model::run);
        OptionalDouble now = OptionalDouble.of(score);
        seen.updateAndGet(s ->
            new Seen(
                s.firstAnswer(),
                s.firstScore().isPresent() ? s.firstScore() : now,
                now,
                s.complete()));
        if (model.whenDone().isDone()) {
          double end = seconds();
          double last = quiz.score(model::run);
          seen.updateAndGet(s ->
              new Seen(
                  s.firstAnswer(),
                  s.firstScore(),
                  OptionalDouble.of(last),
                  OptionalDouble.of(end)));
        } else {
          TimeUnit.NANOSECONDS.sleep(QUIZ_PAUSE.toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private double seconds() {
    return (System.nanoTime() - started) * 1e-9;
  }

  String label() {
    return label;
  }

  Model model() {
    return model;
  }

  Progress progress() {
    return model.progress();
  }

  Seen seen() {
    return seen.get();
  }

  void await() throws InterruptedException {
    student.join();
  }

  boolean done() {
    return !student.isAlive();
  }

  @Override
  public void close() throws IOException {
    closing = true;
    insitu.close();
    link.close();
  }
}
