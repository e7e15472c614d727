package dev.insitu.runtime;

import java.util.OptionalDouble;

/**
 * What became of joining the segments.
 *
 * @param used whether inferences use the one session
 * @param buildNanos how long it took to build
 * @param speedup the segments' time by the one session's, both the median of interleaved runs;
 *     empty if not measured
 */
public record FuseReport(boolean used, long buildNanos, OptionalDouble speedup) {}
