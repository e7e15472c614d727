package dev.insitu.lab.fig3;

import java.io.IOException;

/**
 * A part of an experiment that is done or not; one that is done returns at once.
 *
 * @param what it does, for people
 * @param cost how long it takes compared with others; only for the time that is left
 * @param work does it
 */
record Job(String what, double cost, Work work) {

  /** Says how far a job is. */
  @FunctionalInterface
  interface Told {
    void update(long done, long total);
  }

  /** Does a job. */
  @FunctionalInterface
  interface Work {
    void run(Told told) throws IOException;
  }
}
