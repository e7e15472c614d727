package dev.insitu.planner;

import dev.insitu.elastic.plan.StartingPoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which families the server can help until the device answers by itself, as the device's SDK asks
 * it: with the inputs as long as no segment is there, if they may leave, else behind the segments
 * that run first. What answers already is not helped.
 */
final class Help {

  /** Of features while segments are on their way; inputs go up as finely as was measured. */
  private static final int BITS = 8;

  private final List<Family> families;
  private final StartingPoint start;

  /**
   * @param families of a grid
   */
  Help(List<Family> families, StartingPoint start) {
    this.families = families;
    this.start = start;
  }

  /** The families that compute all on the device, each with every way of help. */
  Stream<Family> helped() {
    if (start.base().isPresent() || start.have().answeringDepth() > 0) {
      return Stream.empty();
    }
    return helpers()
        .flatMap(helper ->
            families.stream()
                .filter(family -> !family.divided() && helps(helper.route(), family.route()))
                .map(family -> family.helpedBy(helper)));
  }

  private Stream<Family> helpers() {
    int runs = start.have().runnableSegments();
    Stream<Family> features =
        cuts(Math.max(1, runs)).filter(cut -> cut.remote().bits() == BITS).findFirst().stream();
    return runs > 0 ? features : Stream.concat(features, inputs().stream());
  }

  private Optional<Family> inputs() {
    return cuts(0)
        .reduce((one, other) -> one.remote().bits() < other.remote().bits() ? other : one);
  }

  private Stream<Family> cuts(int before) {
    Predicate<Family> cut = family -> family.divided() && family.route().depth == before;
    return families.stream().filter(cut).filter(family -> family.order() == Order.LAYER_MAJOR);
  }

  /** Of another width nothing would fit behind the cut. */
  private static boolean helps(Route helper, Route device) {
    return helper.width == device.width && helper.depth <= device.depth;
  }
}
