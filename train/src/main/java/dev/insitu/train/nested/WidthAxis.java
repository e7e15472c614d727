package dev.insitu.train.nested;

import dev.insitu.model.width.ChannelGroup;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Importance;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Widths;
import dev.insitu.train.TrainException;
import java.util.List;

/**
 * The widths of a family: which channels matter most, and how many of them each width keeps.
 *
 * @param groups of the root
 * @param orders for each group its channels, the most important first
 * @param shares of the channels that narrower models keep, descending, above 0 and below 1
 * @param ownValues whether each narrower model has its own values of what is added, scaled and
 *     normalised by channel, or a prefix of the family's. With fewer channels sums are smaller, so
 *     its own are better by far where batch normalisations are not folded, if the package has room
 *     for them
 */
public record WidthAxis(
    ChannelGroups groups, List<Permutation> orders, List<Double> shares, boolean ownValues) {

  public WidthAxis {
    orders = List.copyOf(orders);
    shares = List.copyOf(shares);
    double last = 1;
    for (double share : shares) {
      if (!(share > 0 && share < last)) {
        throw new TrainException(
            "Widths of "
                + shares
                + "; they must be shares below 1 and above 0, the widest first, each once.");
      }
      last = share;
    }
    if (groups.list().isEmpty()) {
      throw new TrainException(
          "The model has no channels that can be left out.\nMaybe re-train it without widths.");
    }
    List<ChannelGroup> list = groups.list();
    if (orders.size() != list.size()) {
      throw new TrainException(orders.size() + " orders of " + list.size() + " channel groups.");
    }
  }

  /** In the order of a measure of importance, all values shared. */
  public static WidthAxis of(ChannelGroups groups, Importance importance, List<Double> shares) {
    List<Permutation> orders =
        groups.list().stream()
            .map(group -> Permutation.byImportance(importance.scores(group)))
            .toList();
    return new WidthAxis(groups, orders, shares, false);
  }

  /** With or without own values of narrower models. */
  public WidthAxis withOwnValues(boolean own) {
    return new WidthAxis(groups, orders, shares, own);
  }

  /** How many channels a width keeps; width 0 keeps all. */
  public Widths widths(int width) {
    return width == 0
        ? Widths.full(groups.list())
        : Widths.rounded(groups.list(), shares.get(width - 1));
  }

  /** Number of widths, all channels included. */
  public int count() {
    return shares.size() + 1;
  }
}
