package dev.insitu.benchmarks.planning;

import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Step;

/**
 * The course of a plan over a channel whose rate is known: bytes come as a fluid, a step computes
 * when its bytes are there and the step before it is done, t_l = max(arrival of l, t_(l-1)) + T_l
 * (Qu et al., SLIDE, arXiv 2512.20946). Exact. Moments are seconds of the channel.
 */
public final class Playback {

  private final FluidChannel channel;
  private final double setUpSeconds;

  /**
   * @param setUpSeconds from the asking until the first byte is sent off
   */
  public Playback(FluidChannel channel, double setUpSeconds) {
    this.channel = channel;
    this.setUpSeconds = setUpSeconds;
  }

  /** When the first byte is sent off of what was asked for at a moment. */
  public double begins(double asked) {
    return asked + setUpSeconds;
  }

  /** When so many bytes of a stream have come that was asked for at a moment. */
  public double arrival(double asked, double bytes) {
    return channel.arrival(begins(asked), bytes);
  }

  /** When a plan that was asked for at a moment gives its first answer. */
  public double firstAnswer(double asked, PlannedModel plan) {
    double bytes = plan.expected().manifestBytes();
    double done = arrival(asked, bytes);
    for (Step step : plan.steps()) {
      bytes += step.bytes();
      done = Math.max(arrival(asked, bytes), done) + step.endSeconds() - step.beginSeconds();
    }
    return done;
  }

  /** When all of it has come. */
  public double allThere(double asked, PlannedModel plan) {
    return arrival(asked, (double) plan.expected().downBytes());
  }
}
