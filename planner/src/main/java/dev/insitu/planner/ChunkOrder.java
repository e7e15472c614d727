package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Range;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** The chunks of a plan in their order. */
final class ChunkOrder {

  private final Manifest view;
  private final ChunkIndex index;
  private final PlannedModel plan;

  /**
   * @param view the package at the plan's width
   */
  ChunkOrder(Manifest view, ChunkIndex index, PlannedModel plan) {
    this.view = view;
    this.index = index;
    this.plan = plan;
  }

  List<Range> missingFrom(SubModel have) {
    if (plan.depth() == 0) {
      return List.of();
    }
    int[] starter = stepwise(index.prefixOf(plan.starterPrefix()));
    BitSet sent = new BitSet();
    IntStream.of(starter).forEach(sent::set);
    IntStream rest =
        IntStream.of(stepwise(index.prefixOf(plan.prefix())))
            .sorted()
            .filter(chunk -> !sent.get(chunk));
    return Range.of(
        IntStream.concat(IntStream.of(starter), rest).filter(chunk -> !have.contains(chunk)));
  }

  /** The chunks of a prefix segment by segment, those of the head last. */
  private int[] stepwise(int prefix) {
    int[] owners = index.owners(prefix);
    IntStream segments =
        IntStream.range(0, plan.depth())
            .flatMap(segment ->
                IntStream.range(0, owners.length).filter(chunk -> owners[chunk] == segment));
    return IntStream.concat(segments, head(prefix)).toArray();
  }

  private IntStream head(int prefix) {
    return IntStream.range(0, view.exits().size())
        .filter(i -> plan.exit().isPresent())
        .filter(i -> view.exits().get(i).after() == plan.exit().orElseThrow())
        .flatMap(i -> index.ofHead(i, prefix).stream());
  }
}
