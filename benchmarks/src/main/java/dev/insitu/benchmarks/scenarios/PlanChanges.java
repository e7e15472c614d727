package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.ChangeTrials;
import dev.insitu.benchmarks.planning.ChangeTrials.Detector;
import dev.insitu.benchmarks.planning.ChannelTraces;
import dev.insitu.benchmarks.planning.FluidChannel;
import dev.insitu.cli.Scenario.Request;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * When a device would ask its server again: how often although nothing has changed, and how long
 * after a change. The seconds of channels are shuffled, so that nothing changes but what is put in.
 * The peer asks at every sample that differs by 30 %; who never asks has no false alarms, and sees
 * nothing.
 */
final class PlanChanges {

  private static final int SHUFFLES = 5;
  private static final int CHANGES = 1_000;
  private static final int[] FACTORS = {2, 4, 10};
  private static final double STEADY_SPREAD = 0.15; // of the logarithm of the rate
  private static final int STEADY_SECONDS = 10_000;
  private static final double MOST_PER_MINUTE = 1;
  private static final double MOST_SECONDS = 3; // of a steady link
  private static final double MOST_BOUNDS = 2; // of a noisy one: the least that is possible

  private final Request request;

  PlanChanges(Request request) {
    this.request = request;
  }

  void run() throws IOException {
    ChannelTraces traces = PlanDevices.traces(request, request.seed());
    request.notes().accept(traces.count() + " " + traces.source() + ", seconds shuffled");
    rows("noisy", traces.channels());
    rows("steady", List.of(steady()));
  }

  private FluidChannel steady() {
    SplittableRandom random = new SplittableRandom(request.seed());
    double[] rates = new double[STEADY_SECONDS];
    Arrays.setAll(rates, second -> 1e7 * Math.exp(STEADY_SPREAD * random.nextGaussian()));
    return FluidChannel.of(rates);
  }

  private void rows(String link, List<FluidChannel> channels) {
    double minutes = SHUFFLES * channels.stream().mapToInt(FluidChannel::period).sum() / 60.0;
    double ours = alarms(channels, ChangeTrials::ours) / minutes;
    Figure.of("plan/changes/" + link + "/false-alarms", "per minute", ours)
        .peer(OptionalDouble.of(alarms(channels, ChangeTrials::everyDifference) / minutes))
        .with("minutes", minutes)
        .accept(request, ours <= MOST_PER_MINUTE);
    double secondsBetween = 60 / Math.max(ours, 1 / minutes);
    for (int factor : FACTORS) {
      delays(link, channels, factor, secondsBetween);
    }
  }

  private int alarms(List<FluidChannel> channels, Supplier<Detector> detectors) {
    ChangeTrials trials = trials();
    int alarms = 0;
    for (int i = 0; i < SHUFFLES; i++) {
      for (FluidChannel channel : channels) {
        alarms += trials.falseAlarms(channel, detectors.get());
      }
    }
    return alarms;
  }

  private ChangeTrials trials() {
    return new ChangeTrials(new SplittableRandom(request.seed()));
  }

  private void delays(String link, List<FluidChannel> channels, int factor, double secondsBetween) {
    double[] ours = delays(channels, factor, ChangeTrials::ours);
    double[] peer = delays(channels, factor, ChangeTrials::everyDifference);
    double bound =
        Stats.median(
            channels.stream()
                .mapToDouble(one -> ChangeTrials.leastDelay(one, factor, secondsBetween))
                .toArray());
    double median = Stats.median(ours);
    Figure.of(String.format(Locale.ROOT, "plan/changes/%s/by%d", link, factor), "s", median)
        .bound(bound)
        .peer(OptionalDouble.of(Stats.median(peer)))
        .with("p90", Stats.share(0.9, ours))
        .with("notSeenInAMinute", missed(ours))
        .with("changes", CHANGES)
        .accept(request, median <= Math.max(MOST_SECONDS, MOST_BOUNDS * bound));
  }

  private static double missed(double... delays) {
    long late = Arrays.stream(delays).filter(one -> one >= ChangeTrials.MOST_SECONDS).count();
    return (double) late / delays.length;
  }

  private double[] delays(List<FluidChannel> channels, int factor, Supplier<Detector> detectors) {
    ChangeTrials trials = trials();
    double[] delays = new double[CHANGES];
    Arrays.setAll(
        delays,
        i ->
            trials
                .delay(channels.get(i % channels.size()), factor, detectors.get())
                .orElse(ChangeTrials.MOST_SECONDS));
    return delays;
  }
}
