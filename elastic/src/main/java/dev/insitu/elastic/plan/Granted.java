package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.Objects;
import java.util.Optional;

/**
 * What a server decided for a situation, as far as the device goes by it.
 *
 * @param stream what is sent
 * @param width share of the channels that runs
 * @param depth segments that the device computes; 0 if the server computes all
 * @param division what the server computes; empty if the device computes all
 * @param help what the server computes until the device answers by itself, with the first segments
 *     at first; empty if nothing was planned
 * @param firstAnswerSeconds expected, from the asking
 * @param arrivalSeconds expected until all is there
 * @param memoryBytes that it takes at once
 */
public record Granted(
    Plan stream,
    double width,
    int depth,
    Optional<Division> division,
    Optional<Division> help,
    double firstAnswerSeconds,
    double arrivalSeconds,
    long memoryBytes) {

  /**
   * A server's part of an inference.
   *
   * @param before the segment from which on it computes
   * @param bits for a value of what goes up
   */
  public record Division(int before, int bits) {

    public Division {
      require("beforeSegment", before, before >= 0);
      require("bits", bits, bits >= 1 && bits <= 32);
    }
  }

  public Granted {
    Objects.requireNonNull(stream);
    Objects.requireNonNull(division);
    Objects.requireNonNull(help);
    require("width", width, width > 0 && width <= 1);
    require("depth", depth, depth >= 0 && (depth > 0 || division.isPresent()));
    require("firstAnswerSeconds", firstAnswerSeconds, firstAnswerSeconds >= 0);
    require("arrivalSeconds", arrivalSeconds, arrivalSeconds >= 0);
    require("memoryBytes", memoryBytes, memoryBytes >= 0);
  }

  private static void require(String name, Number value, boolean right) {
    if (!right) {
      throw ElasticException.invalid("The decision's '" + name + "' is " + value + ".");
    }
  }

  /** What is to be run, as wishes: the depth and the width. */
  public Wishes shape() {
    Wishes all = Wishes.everything();
    Wishes deep = depth > 0 ? all.withDepth(depth) : all;
    return width < 1 ? deep.withWidth(width) : deep;
  }
}
