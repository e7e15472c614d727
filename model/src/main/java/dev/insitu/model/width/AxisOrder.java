package dev.insitu.model.width;

import dev.insitu.model.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The indices of one dimension of a weight in the order in which narrower models have them, and
 * with which of several widths each comes.
 *
 * @param indices by place: the whole model's index that stands there
 * @param widths by place: the number of the narrowest width that has it; that of the whole is the
 *     number of narrower ones
 */
@SuppressWarnings("ArrayRecordComponent")
public record AxisOrder(int[] indices, int[] widths) {

  public AxisOrder {
    indices = indices.clone();
    widths = widths.clone();
  }

  @Override
  public int[] indices() {
    return indices.clone();
  }

  @Override
  public int[] widths() {
    return widths.clone();
  }

  /**
   * The dimensions of weights of which some width has fewer indices, by number of the weight and by
   * dimension.
   *
   * @param permutations an order for each group
   * @param narrower from the narrowest: each keeps at least as many channels as the one before
   */
  public static Map<Integer, SortedMap<Integer, AxisOrder>> of(
      ChannelGroups groups, List<Permutation> permutations, List<Widths> narrower) {
    Map<String, Weight> weights = new HashMap<>();
    groups.model().weights().forEach(weight -> weights.put(weight.name(), weight));
    Map<Integer, SortedMap<Integer, AxisOrder>> found = new HashMap<>();
    for (ChannelGroup group : groups.list()) {
      for (Slot slot : group.slots()) {
        Weight weight = weights.get(slot.weight());
        if (weight != null && Widths.from(group, group.size() - 1, narrower) > 0) {
          found
              .computeIfAbsent(weight.index(), k -> new TreeMap<>())
              .computeIfAbsent(slot.axis(), axis -> plain((int) weight.dims()[axis]))
              .put(
                  slot,
                  permutations.get(group.index()),
                  place -> Widths.from(group, place, narrower));
        }
      }
    }
    return found;
  }

  private static AxisOrder plain(int size) {
    return new AxisOrder(IntStream.range(0, size).toArray(), new int[size]);
  }

  /** Only for an order that nobody has seen yet. */
  private void put(Slot slot, Permutation permutation, IntUnaryOperator width) {
    for (int place = 0; place < slot.size(); place++) {
      for (int i = 0; i < slot.repeat(); i++) {
        indices[slot.position(place, i)] = slot.position(permutation.at(place), i);
        widths[slot.position(place, i)] = width.applyAsInt(place);
      }
    }
  }
}
