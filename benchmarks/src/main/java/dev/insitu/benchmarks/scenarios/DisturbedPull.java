package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.LinkCounters;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A pull of a whole package in a process of its own, during which the process may be killed (the
 * pull then goes on in this process) and the server restarted.
 */
final class DisturbedPull {

  private static final long NEVER = Long.MAX_VALUE;

  private final Workbench bench;
  private final Depot depot;
  private final Line line;
  private final Subject subject;
  private final long packageBytes;
  private long killAt = NEVER;
  private long restartAt = NEVER;

  /**
   * What came of it.
   *
   * @param reading of all processes together
   * @param answers of the model that was pulled
   * @param disturbed whether the kill and the restart that were asked for took place in the pull
   */
  record Result(
      Meter.Reading reading,
      LinkCounters link,
      List<Map<String, Tensor>> answers,
      double seconds,
      boolean disturbed) {}

  DisturbedPull(Workbench bench, Depot depot, Line line, Subject subject, long packageBytes) {
    this.bench = bench;
    this.depot = depot;
    this.line = line;
    this.subject = subject;
    this.packageBytes = packageBytes;
  }

  /** Kills the device's process when it has read so many bytes of content. */
  DisturbedPull kill(long bytes) {
    killAt = bytes;
    return this;
  }

  /** Restarts the server when so many bytes of content have been read. */
  DisturbedPull restart(long bytes) {
    restartAt = bytes;
    return this;
  }

  Result run() throws IOException, InterruptedException {
    Path directory = bench.fresh("device");
    Path file = bench.fresh("meter");
    try (ShapedLink link = line.open(depot.port())) {
      long start = System.nanoTime();
      boolean disturbed = first(directory, link.port(), file);
      Meter.Reading first = Meter.read(file);
      try (Device device =
          new Device(directory, link.port(), bench.trust(), subject.name(), Meter.inMemory())) {
        if (killAt != NEVER) {
          device.model().pull(Wishes.everything());
          disturbed &= first.content() < packageBytes;
          if (restartAt != NEVER && restartAt >= killAt) {
            disturbed &= restartIn(device, restartAt - first.content());
          }
          Device.await(device.model());
        }
        return new Result(
            first.plus(device.reading()),
            link.counters(),
            Answers.of(device.model()::run, subject.questions()),
            Stats.secondsSince(start),
            disturbed);
      }
    }
  }

  /** The pull in its own process, to its end or its kill; returns whether all happened in it. */
  private boolean first(Path directory, int port, Path file)
      throws IOException, InterruptedException {
    List<String> arguments =
        List.of(
            directory.toString(),
            String.valueOf(port),
            subject.name(),
            bench.key().hex(),
            file.toString());
    boolean inTime = true;
    try (ChildJvm child = ChildJvm.start(PullProcess.class, List.of(), arguments)) {
      if (restartAt < killAt) {
        inTime = await(child, file, restartAt);
        depot.restart();
      }
      if (killAt != NEVER) {
        inTime &= await(child, file, killAt);
        child.kill();
      } else {
        child.figures();
      }
    }
    return inTime;
  }

  /** Waits until the process has read so much; returns false if it ended before. */
  private static boolean await(ChildJvm child, Path file, long bytes)
      throws IOException, InterruptedException {
    while (Meter.read(file).content() < bytes) {
      if (!child.isAlive()) {
        return false;
      }
      Thread.sleep(1);
    }
    return child.isAlive();
  }

  private boolean restartIn(Device device, long bytes) throws IOException, InterruptedException {
    while (device.reading().content() < bytes) {
      if (device.model().whenDone().isDone()) {
        return false;
      }
      Thread.sleep(1);
    }
    depot.restart();
    return true;
  }
}
