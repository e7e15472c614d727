package dev.insitu.planner;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decides for a package's grid: the best candidate within a situation's limits, and why. Exact over
 * the grid. Pure; may be used by several threads.
 */
public final class Planner {

  private final CandidateGrid grid;
  private final Calibration calibration;
  private final ServerSide server;

  /**
   * @param grid the package's candidates
   * @param calibration what computing costs beside multiply-accumulates
   * @param server what it offers to compute
   */
  public Planner(CandidateGrid grid, Calibration calibration, ServerSide server) {
    this.grid = Objects.requireNonNull(grid);
    this.calibration = Objects.requireNonNull(calibration);
    this.server = Objects.requireNonNull(server);
  }

  /**
   * The decision for a device.
   *
   * @param start what it has, as {@link StartingPoint#of} makes it of the situation's {@code held}
   * @throws ElasticException INVALID if an accuracy is asked for and nothing was measured
   */
  public Decision decide(Situation situation, StartingPoint start) {
    requireMeasured(situation);
    Conditions conditions = Conditions.of(situation, calibration, server);
    Costs costs = new Costs(grid, conditions, calibration, start);
    Limits limits = new Limits(situation, costs);
    List<Family> families = families(situation, start);
    Feasibility feasibility = new Feasibility(families, limits);
    Search search = new Search(costs, situation.wanted().objective());
    Describer describer = new Describer(grid, costs);
    List<Span> spans = feasibility.within(Set.of());
    Optional<Candidate> best = search.best(spans);
    if (best.isEmpty()) {
      return new Relaxation(families, limits, feasibility, search, describer).infeasible();
    }
    Candidate chosen = best.get();
    List<Candidate> others = new Alternatives(costs, search).of(chosen, spans);
    return new Decision.Chosen(
        describer.describe(chosen),
        new Decision.Reasons(
            bounds(chosen, limits, feasibility, search, describer),
            others.stream().map(describer::describe).toList(),
            Notes.of(situation, grid, server)));
  }

  /**
   * Every candidate that keeps a situation's limits, in no particular order: what the decision was
   * chosen from. Takes as long as there are candidates.
   *
   * @throws ElasticException INVALID if an accuracy is asked for and nothing was measured
   */
  public Stream<PlannedModel> within(Situation situation, StartingPoint start) {
    requireMeasured(situation);
    Conditions conditions = Conditions.of(situation, calibration, server);
    Costs costs = new Costs(grid, conditions, calibration, start);
    Describer describer = new Describer(grid, costs);
    return new Feasibility(families(situation, start), new Limits(situation, costs))
        .within(Set.of()).stream()
            .flatMap(span ->
                IntStream.rangeClosed(span.from(), span.to())
                    .mapToObj(prefix -> describer.describe(new Candidate(span.family(), prefix))));
  }

  private void requireMeasured(Situation situation) {
    if (grid.worth() == Worth.UNMEASURED && situation.wanted().accuracyFloor().isPresent()) {
      throw ElasticException.invalid(
          "'accuracyFloor' is "
              + situation.wanted().accuracyFloor().getAsDouble()
              + ", but '"
              + grid.manifest().name()
              + "' holds no measurements that it could be held against."
              + "\nMaybe pack the model with --samples, or leave the floor out.");
    }
  }

  /** What could be done at all: nothing is divided over a link that is not known. */
  private List<Family> families(Situation situation, StartingPoint start) {
    List<Family> all = grid.families();
    boolean divides = server.computes() && situation.channel().uplinkBitsPerSecond().isPresent();
    return divides
        ? Stream.concat(all.stream(), new Help(all, start).helped()).toList()
        : all.stream().filter(family -> !family.divided()).toList();
  }

  private static List<Decision.Bound> bounds(
      Candidate chosen,
      Limits limits,
      Feasibility feasibility,
      Search search,
      Describer describer) {
    List<Decision.Bound> bounds = new ArrayList<>();
    for (Limit limit : limits.set()) {
      Optional<Candidate> without =
          search
              .best(feasibility.within(Set.of(limit)))
              .filter(other -> search.isBetter(other, chosen));
      bounds.add(
          new Decision.Bound(
              limit,
              limits.allowed(limit),
              limits.taken(limit, chosen.family(), chosen.prefix()),
              without.map(describer::describe)));
    }
    return bounds;
  }
}
