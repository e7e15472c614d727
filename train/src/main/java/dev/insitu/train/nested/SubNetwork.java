package dev.insitu.train.nested;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * One model of a family: how deep, how wide, how fine.
 *
 * @param exit the number of the exit that answers, counted from 0; empty for the end
 * @param width the number of the width, 0 for all channels
 * @param missing how many planes each tensor lacks that is coded in planes; those not named have
 *     their float values
 */
public record SubNetwork(OptionalInt exit, int width, Map<String, Integer> missing) {

  /** The family itself. */
  public static final SubNetwork WHOLE = new SubNetwork(OptionalInt.empty(), 0, Map.of());

  public SubNetwork {
    missing = java.util.Collections.unmodifiableMap(new TreeMap<>(missing));
    if (width < 0 || missing.values().stream().anyMatch(level -> level < 0 || level > 15)) {
      throw new IllegalArgumentException("width " + width + ", planes missing " + missing);
    }
  }

  /** Of another width. */
  public SubNetwork withWidth(int other) {
    return new SubNetwork(exit, other, missing);
  }

  /** With an exit that answers. */
  public SubNetwork withExit(int number) {
    return new SubNetwork(OptionalInt.of(number), width, missing);
  }

  /** Lacking these planes. */
  public SubNetwork withMissing(Map<String, Integer> planes) {
    return new SubNetwork(exit, width, planes);
  }
}
