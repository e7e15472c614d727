package dev.insitu.planner;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What comes of a situation. */
public sealed interface Decision {

  /**
   * The best plan within the limits.
   *
   * @param plan what is to be done
   * @param reasons why
   */
  record Chosen(PlannedModel plan, Reasons reasons) implements Decision {

    public Chosen {
      Objects.requireNonNull(plan);
      Objects.requireNonNull(reasons);
    }
  }

  /**
   * No plan keeps all limits.
   *
   * @param conflicts the limits that cannot all be kept, each with what would be needed of it: if
   *     one alone is in every conflict, with the others kept; else in the first of the nearest
   *     plans
   * @param nearest plans that keep all limits but few, each going beyond them as little as it can;
   *     those that go beyond one only, if there are any
   */
  record Infeasible(List<Conflict> conflicts, List<Nearest> nearest) implements Decision {

    public Infeasible {
      conflicts = List.copyOf(conflicts);
      nearest = List.copyOf(nearest);
    }
  }

  /**
   * Why a plan was chosen.
   *
   * @param limits all that are set, and how far the plan uses them
   * @param alternatives the three next-best plans that differ by more than a little, best first
   * @param notes what could not be weighed
   */
  record Reasons(List<Bound> limits, List<PlannedModel> alternatives, List<String> notes) {

    public Reasons {
      limits = List.copyOf(limits);
      alternatives = List.copyOf(alternatives);
      notes = List.copyOf(notes);
    }
  }

  /**
   * A limit and how far it is used.
   *
   * @param allowed its value
   * @param taken what the plan takes of it, or gives
   * @param without the better plan that there would be without this limit; if there is one, the
   *     limit binds
   */
  record Bound(Limit limit, double allowed, double taken, Optional<PlannedModel> without) {

    public Bound {
      Objects.requireNonNull(limit);
      Objects.requireNonNull(without);
    }

    /** Whether the plan would be a better one without it. */
    public boolean binds() {
      return without.isPresent();
    }
  }

  /**
   * A limit that cannot be kept with the others.
   *
   * @param allowed its value
   * @param needed what it would have to be
   * @param alone the best that any candidate has of it with no other limit: if that is beyond what
   *     is allowed too, the limit is out of reach by itself
   */
  record Conflict(Limit limit, double allowed, double needed, double alone) {

    public Conflict {
      Objects.requireNonNull(limit);
    }

    /** Whether no candidate keeps the limit even if it is the only one. */
    public boolean outOfReach() {
      return limit.kind() == Limit.Kind.FLOOR ? alone < allowed : alone > allowed;
    }
  }

  /**
   * A plan that would do if some limits were moved.
   *
   * @param moved the limits, and where to
   */
  record Nearest(List<Conflict> moved, PlannedModel plan) {

    public Nearest {
      moved = List.copyOf(moved);
      Objects.requireNonNull(plan);
    }
  }
}
