package dev.insitu.cli;

import dev.insitu.device.Model;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A new version comes while two threads keep asking: counts answers, failures, and answers that are
 * of neither version.
 */
final class DemoSwap {

  private static final int ASKERS = 2;

  private final Model model;
  private final DemoQuiz quiz;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final List<float[]> distinct =
      new ArrayList<>(); // answers to the first question, guarded by this

  /**
   * What came of it.
   *
   * @param answers while the version changed
   * @param failures requests that failed
   * @param wrong answers of neither version
   * @param swapped whether the new version answers now
   * @param bytes that the new version cost
   */
  record Result(long answers, long failures, long wrong, boolean swapped, long bytes) {}

  DemoSwap(Model model, DemoQuiz quiz) {
    this.model = model;
    this.quiz = quiz;
  }

  /** Updates the model to what the server has now. */
  Result run() throws InterruptedException {
    Map<String, Tensor> question = quiz.questions().getFirst();
    float[] before = quiz.answer(model.run(question));
    Optional<String> oldVersion = model.version();
    List<Thread> askers = new ArrayList<>();
    for (int i = 0; i < ASKERS; i++) {
      askers.add(Thread.ofPlatform().daemon().start(() -> ask(question)));
    }
    Thread.sleep(300);
    model.pull(Wishes.everything());
    Pulls.await(model);
    Thread.sleep(300);
    stop.set(true);
    for (Thread asker : askers) {
      asker.join();
    }
    float[] after = quiz.answer(model.run(question));
    long wrong = 0;
    synchronized (this) {
      for (float[] answer : distinct) {
        wrong += DemoQuiz.same(answer, before) || DemoQuiz.same(answer, after) ? 0 : 1;
      }
    }
    boolean swapped = !model.version().equals(oldVersion);
    return new Result(answers.get(), failures.get(), wrong, swapped, model.progress().totalBytes());
  }

  private void ask(Map<String, Tensor> question) {
    while (!stop.get()) {
      try {
        float[] answer = quiz.answer(model.run(question));
        answers.incrementAndGet();
        synchronized (this) {
          if (distinct.stream().noneMatch(known -> DemoQuiz.same(answer, known))) {
            distinct.add(answer);
          }
        }
      } catch (RuntimeException e) {
        failures.incrementAndGet();
      }
    }
  }
}
