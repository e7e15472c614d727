package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.ModelSlots;
import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that ask one question after the other without a pause, and check every answer. */
final class Askers implements AutoCloseable {

  private final ModelSlots slots;
  private final List<Map<String, Tensor>> questions;
  private final List<Root> allowed;
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private final AtomicInteger builds = new AtomicInteger(); // odd while one is going on
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;
  private volatile Load load = new Load();

  /** Latencies of answers that no build overlapped, and of those that one did. */
  record Load(Latencies outside, Latencies inside) {

    Load() {
      this(new Latencies(), new Latencies());
    }
  }

  /**
   * @param allowed for each model what it answers to every question
   */
  Askers(ModelSlots slots, List<Map<String, Tensor>> questions, List<Root> allowed, int count) {
    this.slots = slots;
    this.questions = questions;
    this.allowed = allowed;
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().daemon().name("asker-" + i).start(this::ask));
    }
  }

  private void ask() {
    for (int i = 0; !closing; i = (i + 1) % questions.size()) {
      int before = builds.get();
      long start = System.nanoTime();
      try {
        Map<String, Tensor> answer = slots.run(questions.get(i));
        long took = System.nanoTime() - start;
        boolean outside = (before & 1) == 0 && builds.get() == before;
        (outside ? load.outside() : load.inside()).add(took);
        check(i, answer);
      } catch (RuntimeException e) {
        failures.incrementAndGet();
        firstFailure.compareAndSet("", e.toString());
      }
    }
  }

  private void check(int question, Map<String, Tensor> answer) {
    for (Root version : allowed) {
      if (version.difference(question, answer) <= Answers.SAME) {
        return;
      }
    }
    wrong.incrementAndGet();
  }

  /** Counts into these latencies from now on. */
  void count(Load into) {
    load = into;
  }

  void buildBegins() {
    builds.incrementAndGet();
  }

  void buildEnds() {
    builds.incrementAndGet();
  }

  long failures() {
    return failures.get();
  }

  /** What the first failure was; empty if there was none. */
  String firstFailure() {
    return firstFailure.get();
  }

  long wrong() {
    return wrong.get();
  }

  @Override
  public void close() {
    closing = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
