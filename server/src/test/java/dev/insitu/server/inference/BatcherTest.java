package dev.insitu.server.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches of a model that is told what to do; its thread runs when the test says so. */
class BatcherTest {

  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Long> batches = new ArrayList<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    callers.close();
  }

  /** Adds 1 to every element. */
  private static Map<String, Tensor> plusOne(Map<String, Tensor> inputs) {
    Map<String, Tensor> outputs = new HashMap<>();
    inputs.forEach((name, value) -> {
      float[] floats = value.floats();
      for (int i = 0; i < floats.length; i++) {
        floats[i]++;
      }
      outputs.put(name, Tensor.of(floats, value.shape()));
    });
    return outputs;
  }

  private Batcher batcher(UnaryOperator<Map<String, Tensor>> model, int maxQueued) {
    UnaryOperator<Map<String, Tensor>> seen =
        inputs -> {
          batches.add(Samples.count(inputs).orElse(-1));
          return model.apply(inputs);
        };
    return new Batcher(
        "m",
        seen,
        true,
        new BatchRule(8, TimeUnit.MILLISECONDS.toNanos(50)),
        maxQueued,
        tasks::add,
        System::nanoTime,
        (requests, samples) -> {});
  }

  private CompletableFuture<Batcher.Outcome> ask(Batcher batcher, float... values) {
    int before = batcher.queued();
    CompletableFuture<Batcher.Outcome> answer =
        CompletableFuture.supplyAsync(
            () -> batcher.run(Map.of("x", Tensor.of(values, values.length))), callers);
    while (batcher.queued() == before && !answer.isDone()) {
      Thread.onSpinWait();
    }
    return answer;
  }

  private void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  private static float[] floats(CompletableFuture<Batcher.Outcome> answer) throws Exception {
    return Optional.ofNullable(answer.get(20, TimeUnit.SECONDS).outputs().get("x"))
        .orElseThrow()
        .floats();
  }

  @Test
  void whatGathersIsComputedTogetherOnceThatWasProvedRight() throws Exception {
    Batcher batcher = batcher(BatcherTest::plusOne, 9);
    for (int round = 0; round < 2; round++) {
      CompletableFuture<Batcher.Outcome> one = ask(batcher, 1);
      CompletableFuture<Batcher.Outcome> two = ask(batcher, 2, 3);
      CompletableFuture<Batcher.Outcome> three = ask(batcher, 4);
      runAll();
      assertEquals(2, floats(one)[0]);
      assertEquals(4, floats(two)[1]);
      assertEquals(5, floats(three)[0]);
      assertEquals(round == 0 ? 1 : 4, one.get().samples());
    }
    assertEquals(List.of(4L, 1L, 2L, 1L, 4L), batches);
  }

  @Test
  void aModelWhoseSamplesAreNotApartIsNeverBatchedAgain() throws Exception {
    UnaryOperator<Map<String, Tensor>> model =
        inputs -> {
          float[] floats = inputs.values().iterator().next().floats();
          float sum = 0;
          for (float value : floats) {
            sum += value;
          }
          float[] sums = new float[floats.length];
          Arrays.fill(sums, sum);
          return Map.of("x", Tensor.of(sums, sums.length));
        };
    Batcher batcher = batcher(model, 9);
    for (int round = 0; round < 2; round++) {
      CompletableFuture<Batcher.Outcome> one = ask(batcher, 1);
      CompletableFuture<Batcher.Outcome> two = ask(batcher, 2);
      runAll();
      assertEquals(1, floats(one)[0]);
      assertEquals(2, floats(two)[0]);
    }
    assertEquals(List.of(2L, 1L, 1L, 1L, 1L), batches);
  }

  @Test
  void oneThatFailsDoesNotFailTheOthers() throws Exception {
    UnaryOperator<Map<String, Tensor>> model =
        inputs -> {
          for (float value : inputs.values().iterator().next().floats()) {
            if (value < 0) {
              throw new InferenceException(InferenceException.Reason.ENGINE, "negative");
            }
          }
          return plusOne(inputs);
        };
    Batcher batcher = batcher(model, 9);
    CompletableFuture<Batcher.Outcome> right = ask(batcher, 1);
    CompletableFuture<Batcher.Outcome> wrong = ask(batcher, -1);
    CompletableFuture<Batcher.Outcome> other = ask(batcher, 3);
    runAll();
    assertEquals(2, floats(right)[0]);
    assertEquals(4, floats(other)[0]);
    ExecutionException failed = assertThrows(ExecutionException.class, wrong::get);
    assertTrue(failed.getCause() instanceof InferenceException, failed::toString);
    CompletableFuture<Batcher.Outcome> again = ask(batcher, 1);
    CompletableFuture<Batcher.Outcome> more = ask(batcher, 1);
    runAll();
    assertEquals(2, floats(again)[0]);
    assertEquals(2, floats(more)[0]);
    assertEquals(2L, batches.get(4), "they are batched as before");
  }

  @Test
  void aFullQueueRefuses() throws Exception {
    Batcher batcher = batcher(BatcherTest::plusOne, 2);
    CompletableFuture<Batcher.Outcome> one = ask(batcher, 1);
    CompletableFuture<Batcher.Outcome> two = ask(batcher, 2);
    ExecutionException refused = assertThrows(ExecutionException.class, ask(batcher, 3)::get);
    assertTrue(
        refused.getCause() instanceof RefusedException busy
            && busy.reason() == RefusedException.Reason.BUSY,
        refused::toString);
    runAll();
    assertEquals(2, floats(one)[0]);
    assertEquals(3, floats(two)[0]);
    CompletableFuture<Batcher.Outcome> three = ask(batcher, 3);
    runAll();
    assertEquals(4, floats(three)[0]);
  }

  @Test
  void anExecutorThatHasEndedIsToldAsStopping() {
    ExecutorService ended = Executors.newSingleThreadExecutor();
    ended.close();
    Batcher batcher =
        new Batcher(
            "m",
            BatcherTest::plusOne,
            true,
            new BatchRule(8, 0),
            9,
            ended,
            System::nanoTime,
            (requests, samples) -> {});
    for (int i = 0; i < 2; i++) {
      RefusedException refused =
          assertThrows(
              RefusedException.class,
              () -> batcher.run(Map.of("x", Tensor.of(new float[] {1}, 1))));
      assertEquals(RefusedException.Reason.STOPPING, refused.reason());
    }
  }
}
