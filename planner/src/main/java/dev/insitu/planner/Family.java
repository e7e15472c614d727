package dev.insitu.planner;

import java.util.Optional;

/**
 * Candidates that differ in their prefix only. Along it bytes, storage, energy, times and worth
 * never fall; memory and the latency of an inference stay. Immutable.
 */
final class Family {

  private final Route route;
  private final Order order;
  private final boolean fused;
  private final double[] worth;
  private final int first;
  private final Remote remote;
  private final Optional<Family> helper;

  /**
   * @param route what the device computes
   * @param order in which its chunks come
   * @param fused whether the whole becomes one session in the end
   * @param worth by prefix; never falls, NaN before the first; not to be changed any more
   * @param first the first prefix whose worth is known
   * @param remote what the server computes
   */
  Family(Route route, Order order, boolean fused, double[] worth, int first, Remote remote) {
    this(route, order, fused, worth, first, remote, Optional.empty());
  }

  private Family(
      Route route,
      Order order,
      boolean fused,
      double[] worth,
      int first,
      Remote remote,
      Optional<Family> helper) {
    this.route = route;
    this.order = order;
    this.fused = fused;
    this.worth = worth;
    this.first = first;
    this.remote = remote;
    this.helper = helper;
  }

  /**
   * The same, but until the device can answer, inferences are divided as another family divides
   * them.
   */
  Family helpedBy(Family other) {
    int known = Math.max(first, other.first);
    return new Family(route, order, fused, worth, known, remote, Optional.of(other));
  }

  Route route() {
    return route;
  }

  Order order() {
    return order;
  }

  boolean fused() {
    return fused;
  }

  double worth(int prefix) {
    return worth[prefix];
  }

  int first() {
    return first;
  }

  Remote remote() {
    return remote;
  }

  /** How inferences are divided until the device answers; empty if they wait. */
  Optional<Family> helper() {
    return helper;
  }

  int last() {
    return worth.length - 1;
  }

  /** Whether the server computes a part. */
  boolean divided() {
    return remote.bits > 0;
  }

  /** What must leave the device: 0 for nothing, 1 for features, 2 for inputs. */
  int leaving() {
    if (divided()) {
      return route.depth == 0 ? 2 : 1;
    }
    return helper.map(Family::leaving).orElse(0);
  }

  /** Whether it goes by the same model, whatever the order, the bits and the help. */
  boolean sameModel(Family other) {
    return route.width == other.route.width
        && route.depth == other.route.depth
        && route.exit == other.route.exit
        && divided() == other.divided();
  }

  /** The first known prefix up to a last one whose worth reaches a value; the last if none does. */
  int firstReaching(double value, int last) {
    int from = first;
    int to = last;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (worth[middle] >= value) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  /**
   * A server's part of an inference.
   *
   * @param bits for a value of what goes up; 0 if the device computes all
   * @param upBytes of a sample
   * @param macs of a sample
   */
  record Remote(int bits, double upBytes, long macs) {

    static final Remote NONE = new Remote(0, 0, 0);
  }
}
