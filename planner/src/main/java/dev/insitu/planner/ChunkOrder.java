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
  private final BitSet head = new BitSet();

  /**
   * @param view the package at the plan's width
   */
  ChunkOrder(Manifest view, ChunkIndex index, PlannedModel plan) {
    this.view = view;
    this.index = index;
    this.plan = plan;
    for (int i = 0; i < view.exits().size(); i++) {
      if (plan.exit().isPresent() && view.exits().get(i).after() == plan.exit().getAsInt()) {
        IntStream.of(index.ofHead(i)).forEach(head::set);
      }
    }
  }

  List<Range> missingFrom(SubModel have) {
    IntStream starter =
        IntStream.concat(
            IntStream.range(0, plan.depth()).flatMap(this::starterOf),
            head.stream().filter(chunk -> isBefore(chunk, plan.starterPrefix())));
    IntStream rest =
        IntStream.range(0, view.chunks().size())
            .filter(chunk -> index.owner(chunk) >= 0 || head.get(chunk))
            .filter(chunk -> index.owner(chunk) < plan.depth() || head.get(chunk))
            .filter(chunk -> isBefore(chunk, plan.prefix()))
            .filter(chunk -> !isBefore(chunk, plan.starterPrefix()));
    return Range.of(IntStream.concat(starter, rest).filter(chunk -> !have.contains(chunk)));
  }

  private IntStream starterOf(int segment) {
    return IntStream.range(0, view.chunks().size())
        .filter(chunk -> index.owner(chunk) == segment)
        .filter(chunk -> isBefore(chunk, plan.starterPrefix()));
  }

  private boolean isBefore(int chunk, int end) {
    return chunk < end || view.chunks().get(chunk).group() == 0;
  }
}
