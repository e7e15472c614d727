package dev.insitu.server;

import dev.insitu.elastic.Digest;
import dev.insitu.library.OpenPlan;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The content streams that are being sent now, so that they can be counted and cut. */
final class RunningStreams {

  private final Map<Digest, Set<Running>> byPlan = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  private record Running(Exchange exchange, BodyChannel body, OpenPlan plan) {}

  /** Notes a stream; the returned action ends the note. */
  Runnable begin(Exchange exchange, BodyChannel body, OpenPlan plan) {
    Running running = new Running(exchange, body, plan);
    byPlan.compute(
        plan.id(),
        (id, set) -> {
          Set<Running> streams = set == null ? ConcurrentHashMap.newKeySet() : set;
          streams.add(running);
          return streams;
        });
    count.incrementAndGet();
    return () -> end(running);
  }

  private void end(Running running) {
    byPlan.computeIfPresent(
        running.plan().id(),
        (id, streams) -> {
          if (streams.remove(running)) {
            count.decrementAndGet();
          }
          return streams.isEmpty() ? null : streams;
        });
  }

  /**
   * Lets every running stream of a plan end at its next chunk boundary; returns how many there are.
   */
  int cut(Digest plan) {
    Set<Running> streams = byPlan.getOrDefault(plan, Set.of());
    for (Running running : streams) {
      // on the connection's thread, which is the one that transfers: no byte passes the boundary
      // meanwhile
      running
          .exchange()
          .onConnection(() ->
              running.body().cutAt(running.plan().boundaryAtOrAfter(running.body().reached())));
    }
    return streams.size();
  }

  int count() {
    return count.get();
  }
}
