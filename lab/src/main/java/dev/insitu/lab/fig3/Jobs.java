package dev.insitu.lab.fig3;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Carries out jobs one after the other, and tells how long all will take. */
final class Jobs {

  /** A job that took less was done before, and tells nothing about the others. */
  private static final double DONE_BEFORE_SECONDS = 1;

  private final Listener listener;
  private final LongSupplier nanoTime;
  private double costDone;
  private double secondsDone;

  /**
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  Jobs(Listener listener, LongSupplier nanoTime) {
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  void run(List<Job> jobs) throws IOException {
    double left = jobs.stream().mapToDouble(Job::cost).sum();
    for (int i = 0; i < jobs.size(); i++) {
      Job job = jobs.get(i);
      left -= job.cost();
      String what = (i + 1) + "/" + jobs.size() + " " + job.what();
      double after = left;
      long started = nanoTime.getAsLong();
      listener.update(what, 0, 1, estimate(after + job.cost(), 0, 0));
      double[] before = {Double.NaN};
      job.work()
          .run((done, total) -> {
            double share = total <= 0 ? 0 : Math.clamp((double) done / total, 0, 1);
            before[0] = before[0] <= share ? before[0] : share; // done by an earlier process
            double mine = (share - before[0]) * job.cost();
            double rest = after + (1 - share) * job.cost();
            listener.update(what, done, total, estimate(rest, mine, seconds(started)));
          });
      double seconds = seconds(started);
      if (seconds >= DONE_BEFORE_SECONDS) {
        costDone += job.cost();
        secondsDone += seconds;
      }
    }
  }

  private double seconds(long since) {
    return (nanoTime.getAsLong() - since) / 1e9;
  }

  /**
   * The time for what is left.
   *
   * @param left cost of it
   * @param cost of what was done in the running job
   * @param seconds that the running job has taken
   */
  private Optional<Duration> estimate(double left, double cost, double seconds) {
    double allCost = costDone + cost;
    double allSeconds = secondsDone + seconds;
    if (allCost <= 0 || allSeconds < DONE_BEFORE_SECONDS) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(Math.round(left * allSeconds / allCost)));
  }
}
