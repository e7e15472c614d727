package dev.insitu.lab.fig3;

import java.time.Duration;
import java.util.Optional;

/** Is told how far an experiment is. */
@FunctionalInterface
public interface Listener {

  /**
   * Something went on.
   *
   * @param what is being done, with its number, as in {@code 3/20 training bits together}
   * @param done units of it
   * @param total units of it
   * @param left until everything is done, at the speed so far; empty while nobody knows
   */
  void update(String what, long done, long total, Optional<Duration> left);
}
