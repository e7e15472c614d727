package dev.insitu.planner;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The exit that answers on the device when the server of a divided plan does not: the deepest one
 * at or before the cut, in the precision of the segments. What it takes was not weighed, so it
 * comes last, where no answer waits for it, and only if every limit leaves room for it.
 */
final class Fallback {

  private final CandidateGrid grid;
  private final StartingPoint start;

  Fallback(CandidateGrid grid, StartingPoint start) {
    this.grid = grid;
    this.start = start;
  }

  /**
   * What comes for it.
   *
   * @param sent what comes anyway
   */
  int[] missing(Chosen chosen, int[] sent) {
    PlannedModel plan = chosen.plan();
    Manifest view = grid.manifest().atShare(plan.width());
    Optional<ExitSpec> exit =
        view.exits().stream()
            .filter(some -> plan.division().isPresent() && some.depth() <= plan.depth())
            .reduce((shallow, deep) -> deep);
    if (exit.isEmpty()) {
      return new int[0];
    }
    ChunkIndex index = grid.index(view.width());
    int head = view.exits().indexOf(exit.get());
    BitSet chunks = index.ofHead(head, index.prefixOf(plan.prefix()));
    start.have().indices().forEach(chunks::clear);
    IntStream.of(sent).forEach(chunks::clear);
    long bytes = chunks.stream().mapToLong(chunk -> view.chunks().get(chunk).size()).sum();
    long weights = weights(view, exit.get().head().tensors());
    boolean allowed =
        chosen.reasons().limits().stream()
            .allMatch(bound -> allows(bound, bytes, weights, plan.expected().downBytes()));
    return allowed ? chunks.stream().toArray() : new int[0];
  }

  private static long weights(Manifest view, List<Integer> tensors) {
    return tensors.stream().mapToLong(tensor -> view.tensors().get(tensor).byteLength()).sum();
  }

  private static boolean allows(Bound bound, long bytes, long weights, long down) {
    double more =
        switch (bound.limit()) {
          case BYTES -> bytes;
          case STORAGE -> bytes + weights;
          case MEMORY -> weights;
          case ENERGY -> bound.taken() * bytes / down; // all of it counted as the link's: no less
          case FIRST_ANSWER, LATENCY, PRECISION, PRIVACY, ACCURACY -> 0;
        };
    return more == 0 || bound.taken() + more <= bound.allowed();
  }
}
