package dev.insitu.elastic;

import java.util.stream.LongStream;

/** Seeds of property tests: the test's name in the report carries the seed that failed. */
public final class Seeds {

  private Seeds() {}

  /** The same on every run; {@code -Dinsitu.seed=N} replays one of them. */
  public static LongStream seeds(int count) {
    Long only = Long.getLong("insitu.seed");
    return only != null ? LongStream.of(only) : LongStream.range(1, count + 1L);
  }

  /** For {@code @MethodSource}. */
  public static LongStream forty() {
    return seeds(40);
  }
}
