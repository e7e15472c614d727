package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Batching in one process as anybody would write it: one thread takes what waits, up to a number of
 * samples, and runs it as one. All requests are of one sample and of one shape.
 */
final class PlainBatching implements AutoCloseable {

  private final GraphRun model;
  private final int most;
  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::loop, "plain-batching");

  private record Waiting(
      Map<String, Tensor> inputs, CompletableFuture<Map<String, Tensor>> answer) {}

  PlainBatching(GraphRun model, int most) {
    this.model = model;
    this.most = most;
    thread.start();
  }

  /** Computes, with others. */
  Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Waiting waiting = new Waiting(inputs, new CompletableFuture<>());
    queue.add(waiting);
    return waiting.answer().join();
  }

  /** One who asks the same over and over. */
  AssistLoad.Asker asker(Map<String, Tensor> inputs) {
    return new AssistLoad.Asker() {
      @Override
      public void ask() {
        run(inputs);
      }

      @Override
      public void close() {}
    };
  }

  private void loop() {
    List<Waiting> batch = new ArrayList<>();
    try {
      while (true) {
        batch.clear();
        batch.add(queue.take());
        queue.drainTo(batch, most - 1);
        answer(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it is closed
    }
  }

  private void answer(List<Waiting> batch) {
    Map<String, Tensor> outputs =
        model.run(join(batch.stream().map(Waiting::inputs).toList(), batch.size()));
    for (int i = 0; i < batch.size(); i++) {
      Map<String, Tensor> own = new HashMap<>();
      for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
        own.put(output.getKey(), sample(output.getValue(), i));
      }
      batch.get(i).answer().complete(own);
    }
  }

  private static Tensor sample(Tensor all, int index) {
    long[] shape = all.shape();
    int bytes = (int) (all.bytes().remaining() / shape[0]);
    shape[0] = 1;
    return Tensor.wrap(all.type(), all.bytes().slice(index * bytes, bytes), shape);
  }

  /** So many samples as one: the given ones, repeated from the first. */
  static Map<String, Tensor> join(List<Map<String, Tensor>> some, int count) {
    Map<String, Tensor> joined = new HashMap<>();
    for (String name : some.getFirst().keySet()) {
      List<Tensor> tensors = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tensors.add(Objects.requireNonNull(some.get(i % some.size()).get(name)));
      }
      Tensor first = tensors.getFirst();
      long[] shape = first.shape();
      shape[0] = count;
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(count * first.bytes().remaining())
              .order(ByteOrder.LITTLE_ENDIAN);
      tensors.forEach(tensor -> bytes.put(tensor.bytes()));
      joined.put(name, Tensor.wrap(first.type(), bytes.flip(), shape));
    }
    return joined;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
