package dev.insitu.device;

/**
 * A source of time that only measures distances. All waiting and all rates of the SDK come from it;
 * nobody's wall clock is believed.
 */
@FunctionalInterface
public interface Ticker {

  /** The time of the Java platform that never jumps. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some moment. */
  long nanoTime();
}
