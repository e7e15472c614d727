package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The chunks of a plan in their order. */
final class ChunkOrder {

  private final Manifest view;
  private final ChunkIndex index;
  private final PlannedModel plan;

  /**
   * What comes down.
   *
   * @param chunks in the order of sending
   * @param starters how many of them first answers need
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Sent(int[] chunks, int starters) {}

  /**
   * @param view the package at the plan's width
   */
  ChunkOrder(Manifest view, ChunkIndex index, PlannedModel plan) {
    this.view = view;
    this.index = index;
    this.plan = plan;
  }

  Sent missingFrom(SubModel have) {
    if (plan.depth() == 0) {
      return new Sent(new int[0], 0);
    }
    int[] starter = stepwise(index.prefixOf(plan.starterPrefix()));
    IntPredicate missing = chunk -> !have.contains(chunk);
    int[] first = IntStream.of(starter).filter(missing).toArray();
    if (plan.starterPrefix() == plan.prefix()) {
      return new Sent(first, first.length);
    }
    BitSet rest = new BitSet();
    IntStream.of(stepwise(index.prefixOf(plan.prefix()))).filter(missing).forEach(rest::set);
    IntStream.of(starter).forEach(rest::clear);
    int[] all = IntStream.concat(IntStream.of(first), rest.stream()).toArray();
    return new Sent(all, first.length);
  }

  /** The chunks of a prefix segment by segment, those of the head last. */
  private int[] stepwise(int prefix) {
    int[] owners = index.owners(prefix);
    int[] places = new int[plan.depth() + 1]; // where the chunks of each segment begin
    for (int owner : owners) {
      if (owner < plan.depth()) {
        places[owner + 1]++;
      }
    }
    Arrays.parallelPrefix(places, Integer::sum);
    int[] chunks = new int[places[plan.depth()]];
    for (int chunk = 0; chunk < owners.length; chunk++) {
      if (owners[chunk] < plan.depth()) {
        chunks[places[owners[chunk]]++] = chunk;
      }
    }
    return IntStream.concat(IntStream.of(chunks), head(prefix)).toArray();
  }

  private IntStream head(int prefix) {
    return IntStream.range(0, view.exits().size())
        .filter(i -> plan.exit().isPresent())
        .filter(i -> view.exits().get(i).after() == plan.exit().orElseThrow())
        .flatMap(i -> index.ofHead(i, prefix).stream());
  }
}
