package dev.insitu.model.width;

import dev.insitu.model.GraphFacts;
import dev.insitu.model.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All channel groups of a model.
 *
 * <p>Every index of every dimension of every weight gets a label; labels are handed through the
 * operators and joined where indices must go together: a convolution's output channels with the
 * batch norm behind it and the input channels of all readers, both sides of a residual addition,
 * the inputs and outputs of a depthwise convolution, a head's rows in the projections around an
 * attention. An operator without a rule (see {@link WidthRules}) pins what it touches, as do the
 * model's inputs and outputs, so what is not understood keeps its width. Normalization over the
 * channels (LayerNormalization, Softmax) pins them too, since it depends on their number.
 *
 * <p>Safe for use by several threads.
 */
public final class ChannelGroups {

  private final OnnxModel model;
  private final Propagation propagation;
  private final int[] groupOf;
  private final int[] channelOf;
  private final List<ChannelGroup> groups;

  private ChannelGroups(OnnxModel model, Propagation propagation, int granule) {
    this.model = model;
    this.propagation = propagation;
    this.groupOf = new int[propagation.labels().count()];
    this.channelOf = new int[propagation.labels().count()];
    GroupFinder finder = new GroupFinder(propagation.labels(), propagation.values().values());
    this.groups = List.copyOf(finder.find(granule, groupOf, channelOf));
  }

  /** The groups of a model, any number of whose channels may be kept. */
  public static ChannelGroups of(OnnxModel model) {
    return of(model, Map.of(), 1);
  }

  /**
   * The groups of a model.
   *
   * @param sizes sizes of open dimensions for which the model can run, as {@link
   *     dev.insitu.model.Profiler} takes them
   * @param granule the number of channels that are kept is a multiple of this, or all of a smaller
   *     group; 8 suits processors
   */
  public static ChannelGroups of(OnnxModel model, Map<String, Long> sizes, int granule) {
    if (granule < 1) {
      throw new IllegalArgumentException("a granule of " + granule + " channels");
    }
    return new ChannelGroups(model, Propagation.of(model, sizes), granule);
  }

  /** The groups by number. */
  public List<ChannelGroup> list() {
    return groups;
  }

  /** The model that has the groups. */
  public OnnxModel model() {
    return model;
  }

  /** Number of dimensions of a value, 0 if unknown. */
  public int rank(String value) {
    return propagation.facts().rank(value);
  }

  GraphFacts facts() {
    return propagation.facts();
  }

  /** A dimension of a value; fixed if it is unknown. */
  Axis axis(String value, int axis) {
    Labelled labelled = propagation.values().getOrDefault(value, Labelled.UNKNOWN);
    return axis < 0 || axis >= labelled.rank() ? Axis.FIXED : labelled.axes().get(axis);
  }

  /**
   * Where the indices of a value's dimension come from when channels are put in another order.
   *
   * @param orders for each group: by new place the channel
   * @return by new index the old one; empty if the dimension is not followed, so nothing moves
   */
  public int[] sources(String value, int axis, List<Permutation> orders) {
    Axis labelled = axis(value, axis);
    Map<List<Integer>, List<Integer>> indices = new HashMap<>();
    for (int i = 0; i < labelled.size(); i++) {
      int label = labelled.label(i);
      indices
          .computeIfAbsent(List.of(groupOf[label], channelOf[label]), k -> new ArrayList<>())
          .add(i);
    }
    int[] sources = IntStream.range(0, labelled.size()).toArray();
    indices.forEach((key, mine) -> {
      int group = key.getFirst();
      if (group >= 0) {
        List<Integer> old = indices.getOrDefault(List.of(group, channel(orders, key)), mine);
        for (int i = 0; i < mine.size(); i++) {
          sources[mine.get(i)] = old.get(i);
        }
      }
    });
    return sources;
  }

  private static int channel(List<Permutation> orders, List<Integer> groupAndPlace) {
    return orders.get(groupAndPlace.getFirst()).at(groupAndPlace.getLast());
  }

  /** Whether an index stays when so many channels of each group are kept. */
  boolean isKept(int label, Widths widths) {
    return groupOf[label] < 0 || channelOf[label] < widths.kept(groupOf[label]);
  }
}
