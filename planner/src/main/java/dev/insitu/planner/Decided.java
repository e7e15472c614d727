package dev.insitu.planner;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Decision.Chosen;
import java.util.Objects;
import java.util.Optional;

/**
 * A decision with what it is of: what a server answers, and commands print.
 *
 * @param model its name
 * @param version of the package
 * @param segments of the package
 * @param chunks of the package
 * @param gridPoints candidates that were considered
 * @param decision what comes of the situation
 * @param stream how the chosen plan is sent; empty if there is none
 */
public record Decided(
    String model,
    String version,
    int segments,
    int chunks,
    long gridPoints,
    Decision decision,
    Optional<Plan> stream) {

  public Decided {
    Objects.requireNonNull(model);
    Objects.requireNonNull(version);
    Objects.requireNonNull(decision);
    Objects.requireNonNull(stream);
  }

  /**
   * Of a decision that was made from a grid.
   *
   * @param digest of the package's manifest
   * @param start what the device has, as the decision was made from
   */
  public static Decided of(
      CandidateGrid grid, Digest digest, StartingPoint start, Decision decision) {
    Manifest manifest = grid.manifest();
    return new Decided(
        manifest.name(),
        manifest.header().version(),
        manifest.segments().size(),
        manifest.chunks().size(),
        grid.points(),
        decision,
        decision instanceof Chosen chosen
            ? Optional.of(new StreamPlan(grid, digest, start).of(chosen))
            : Optional.empty());
  }
}
