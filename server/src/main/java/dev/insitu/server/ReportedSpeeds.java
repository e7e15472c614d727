package dev.insitu.server;

import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Situation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of the speed that devices measured of themselves they reached with a model, as they
 * report it: what a device that has never run the model is planned with. The median of the latest
 * reports counts, so a few that are wrong, by mistake or on purpose, change little. Thread-safe.
 */
final class ReportedSpeeds {

  /** Fewer reports are none. */
  static final int LEAST_REPORTS = 3;

  private static final double LEAST_SHARE = 1e-4; // less and more is a mistake
  private static final double MOST_SHARE = 10;
  private static final int MOST_REPORTS = 65; // of a model
  private static final double MOST_SPEED = 1e18; // of a situation
  private static final int MOST_MODELS = 10_000;

  private final Map<String, Deque<Double>> shares = // by model; guarded by this
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<Double>> eldest) {
          return size() > MOST_MODELS;
        }
      };

  /**
   * Takes what a device reports, or tells it what others have reported.
   *
   * @param model its name: what slows a model down hardly changes with its version
   * @return with the model's speed, as far as anybody knows it
   */
  Situation complete(String model, Situation situation) {
    DeviceState device = situation.device();
    if (device.macsPerSecond().isEmpty()) {
      return situation;
    }
    double self = device.macsPerSecond().getAsDouble();
    if (device.modelMacsPerSecond().isPresent()) {
      report(model, device.modelMacsPerSecond().getAsDouble() / self);
      return situation;
    }
    double speed = share(model) * self;
    return speed > 0 && speed < MOST_SPEED
        ? situation.withDevice(device.withModelMacsPerSecond(speed))
        : situation;
  }

  private synchronized void report(String model, double share) {
    if (share < LEAST_SHARE || share > MOST_SHARE) {
      return;
    }
    Deque<Double> reports = shares.computeIfAbsent(model, name -> new ArrayDeque<>());
    reports.addLast(share);
    if (reports.size() > MOST_REPORTS) {
      reports.removeFirst();
    }
  }

  /** The median; 0 if too little is known. */
  private synchronized double share(String model) {
    Deque<Double> reports = shares.get(model);
    if (reports == null || reports.size() < LEAST_REPORTS) {
      return 0;
    }
    double[] sorted = reports.stream().mapToDouble(share -> share).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
