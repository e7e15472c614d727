package dev.insitu.planner;

import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** The limits of a situation, and what candidates take of them. */
final class Limits {

  /** What everything has of a limit that is not set: more than any plan that comes to an end. */
  private static final double NONE = Double.MAX_VALUE;

  private final Map<Limit, Double> set = new EnumMap<>(Limit.class);
  private final Costs costs;

  Limits(Situation situation, Costs costs) {
    this.costs = costs;
    Wanted wanted = situation.wanted();
    put(Limit.STORAGE, situation.device().storageBytes());
    put(Limit.MEMORY, situation.device().memoryBytes());
    put(Limit.BYTES, wanted.maxBytes());
    put(Limit.ENERGY, situation.device().energy().joules());
    put(Limit.FIRST_ANSWER, wanted.firstAnswerSeconds());
    put(Limit.LATENCY, wanted.latencySeconds());
    put(Limit.ACCURACY, wanted.accuracyFloor());
    if (wanted.privacy() != Privacy.INPUTS_MAY_LEAVE) {
      set.put(Limit.PRIVACY, leaving(wanted.privacy()));
    }
    if (!situation.device().computesIn("float32")) {
      set.put(Limit.PRECISION, 0.0);
    }
  }

  private void put(Limit limit, OptionalDouble value) {
    value.ifPresent(some -> set.put(limit, some));
  }

  private void put(Limit limit, OptionalLong value) {
    value.ifPresent(some -> set.put(limit, (double) some));
  }

  private static double leaving(Privacy privacy) {
    return switch (privacy) {
      case NOTHING_LEAVES -> 0;
      case FEATURES_MAY_LEAVE -> 1;
      case INPUTS_MAY_LEAVE -> 2;
    };
  }

  /** Those that the situation sets. */
  Set<Limit> set() {
    return set.keySet();
  }

  double allowed(Limit limit) {
    return set.getOrDefault(limit, limit.kind() == Limit.Kind.FLOOR ? -1 : NONE);
  }

  /** What a candidate takes of a limit; of the accuracy floor, what it gives. */
  double taken(Limit limit, Family family, int prefix) {
    return switch (limit) {
      case STORAGE -> costs.storage(family, prefix);
      case BYTES -> costs.down(family, prefix);
      case ENERGY -> costs.energy(family, prefix);
      case FIRST_ANSWER -> arriving(family, prefix);
      case MEMORY -> costs.memory(family);
      case LATENCY -> costs.latency(family);
      case PRECISION -> family.route().depth == 0 ? 0 : 1;
      case PRIVACY -> family.leaving();
      case ACCURACY -> family.worth(prefix);
    };
  }

  /** Whether a candidate keeps a limit. */
  boolean keeps(Limit limit, Family family, int prefix) {
    double taken = taken(limit, family, prefix);
    return limit.kind() == Limit.Kind.FLOOR ? taken >= allowed(limit) : taken <= allowed(limit);
  }

  /** How far a value is beyond a limit, as a share of the larger of the two: 0 to 1. */
  double excess(Limit limit, double taken) {
    double allowed = allowed(limit);
    boolean floor = limit.kind() == Limit.Kind.FLOOR;
    double beyond = floor ? allowed - taken : taken - allowed;
    return beyond <= 0 ? 0 : beyond / (floor ? allowed : taken);
  }

  /** Whether a candidate comes to an end: one that waits for a dead link does not. */
  boolean comesToAnEnd(Candidate candidate) {
    return comesToAnEnd(candidate.family(), candidate.prefix());
  }

  boolean comesToAnEnd(Family family, int prefix) {
    return arriving(family, prefix) <= NONE && costs.latency(family) <= NONE;
  }

  /** Never, if a part never arrives, though first answers would not need it. */
  private double arriving(Family family, int prefix) {
    double arrival = costs.arrival(family, prefix);
    return arrival <= NONE ? costs.firstAnswer(family, prefix) : arrival;
  }
}
