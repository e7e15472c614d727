package dev.insitu.forge;

import dev.insitu.elastic.WidthForm;
import dev.insitu.model.HeadGraph;
import dev.insitu.model.OnnxException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.WidthGraphs;
import dev.insitu.model.width.AxisOrder;
import dev.insitu.model.width.ChannelGroup;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Importance;
import dev.insitu.model.width.ModelTensors;
import dev.insitu.model.width.NarrowModel;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Widths;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The narrower widths of a package: for each a model with fewer channels, and which parts of the
 * weights it has.
 *
 * @param orders of the dimensions of which some width has less, by weight
 * @param narrower from the narrowest
 */
record WidthPlan(Map<Integer, SortedMap<Integer, AxisOrder>> orders, List<Narrower> narrower) {

  /** One width only. */
  static final WidthPlan NONE = new WidthPlan(Map.of(), List.of());

  /**
   * A width below the whole.
   *
   * @param permille its share in thousandths
   * @param graphs its segments and heads
   */
  record Narrower(int permille, WidthGraphs graphs) {}

  WidthPlan {
    narrower = List.copyOf(narrower);
  }

  /**
   * Finds the channels that can be left out, orders them and makes the narrower models.
   *
   * @param model the root with its heads
   * @param root the model without heads
   * @param plan the root's segments
   * @throws ForgeException if no channel can be left out
   */
  static WidthPlan of(
      OnnxModel model,
      OnnxModel root,
      SegmentPlan plan,
      List<HeadGraph> heads,
      ForgeOptions options) {
    List<Double> shares = options.widths();
    if (shares.isEmpty()) {
      return NONE;
    }
    ChannelGroups groups = ChannelGroups.of(model);
    if (groups.list().isEmpty()) {
      throw new ForgeException(
          "The model has no channels that can be left out, so it has one width only.\n"
              + "Maybe pack it without widths.");
    }
    List<Widths> widths = shares.stream().map(s -> Widths.rounded(groups.list(), s)).toList();
    List<Permutation> permutations = orders(groups, widths.getFirst(), options);
    List<Narrower> narrower = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      OnnxModel narrow = NarrowModel.of(groups, permutations, widths.get(i));
      narrower.add(
          new Narrower(permille(shares.get(i)), new WidthGraphs(narrow, root, plan, heads)));
    }
    return new WidthPlan(AxisOrder.of(groups, permutations, widths), narrower);
  }

  /**
   * For each group of a model its channels, in the order it was trained with, else that of an
   * earlier version, else the most important first; those of groups that stay whole in their old
   * order.
   *
   * @param narrowest what the narrowest width keeps
   */
  static List<Permutation> orders(ChannelGroups groups, Widths narrowest, ForgeOptions options) {
    Importance importance = importance(groups.model(), groups, options);
    Optional<EarlierOrders> earlier = EarlierOrders.of(options.bases());
    List<Permutation> orders = new ArrayList<>();
    for (ChannelGroup group : groups.list()) {
      boolean narrowed = narrowest.kept(group.index()) < group.size();
      orders.add(
          narrowed
              ? given(group, options)
                  .or(() -> earlier.flatMap(some -> some.of(group)))
                  .orElseGet(() -> permutation(group, importance))
              : Permutation.identity(group.size()));
    }
    return orders;
  }

  /** The order that the model was trained with; groups within heads come after all others. */
  private static Optional<Permutation> given(ChannelGroup group, ForgeOptions options) {
    List<Permutation> orders = options.training().orders();
    if (group.index() >= orders.size()) {
      return Optional.empty();
    }
    Permutation order = orders.get(group.index());
    if (order.size() != group.size()) {
      throw new ForgeException(
          "The order of "
              + order.size()
              + " channels was given for group "
              + group.index()
              + " of "
              + group.size()
              + ".\nMaybe it is another model's.");
    }
    return Optional.of(order);
  }

  static int permille(double share) {
    return (int) Math.round(share * WidthForm.WHOLE_PERMILLE);
  }

  private static Importance importance(
      OnnxModel model, ChannelGroups groups, ForgeOptions options) {
    ModelTensors values = new ModelTensors(model);
    Importance magnitude = Importance.magnitude(values);
    return options
        .samples()
        .map(samples -> ChannelActivity.of(model, groups, samples))
        .map(activity ->
            (Importance)
                group ->
                    activity.has(group)
                        ? Importance.activation(values, activity::means).scores(group)
                        : magnitude.scores(group))
        .orElse(magnitude);
  }

  /** Channels of weights that are no numbers stay in their order. */
  private static Permutation permutation(ChannelGroup group, Importance importance) {
    try {
      return Permutation.byImportance(importance.scores(group));
    } catch (OnnxException | IllegalArgumentException e) {
      return Permutation.identity(group.size());
    }
  }
}
