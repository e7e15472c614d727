package dev.insitu.device;

import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wishes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What the application asked for with a pull, without what the SDK adds. */
sealed interface Asked {

  /** Said outright. */
  record ByWishes(Wishes wishes) implements Asked {
    public ByWishes {
      Objects.requireNonNull(wishes);
    }
  }

  /**
   * Decided by the server from the device's situation.
   *
   * @param situation as far as the application knows it
   * @param within after which time what has arrived is what stays; empty to wait for all
   */
  record BySituation(Situation situation, Optional<Duration> within) implements Asked {
    public BySituation {
      Objects.requireNonNull(situation);
      Objects.requireNonNull(within);
    }
  }

  /** The situation that was told, if it was one. */
  default Optional<Situation> told() {
    return this instanceof BySituation asked ? Optional.of(asked.situation()) : Optional.empty();
  }

  /** After which time what has arrived is what stays. */
  default Optional<Duration> limit() {
    return this instanceof BySituation asked ? asked.within() : Optional.empty();
  }
}
