package dev.insitu.model.width;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An order of a group's channels.
 *
 * @param order by new place: the channel that goes there
 */
@SuppressWarnings("ArrayRecordComponent")
public record Permutation(int[] order) {

  public Permutation {
    order = order.clone();
    boolean[] seen = new boolean[order.length];
    for (int channel : order) {
      if (channel < 0 || channel >= order.length || seen[channel]) {
        throw new IllegalArgumentException("no permutation: " + Arrays.toString(order));
      }
      seen[channel] = true;
    }
  }

  /** The order as it is. */
  public static Permutation identity(int size) {
    return new Permutation(IntStream.range(0, size).toArray());
  }

  /** Every group's order as it is. */
  public static List<Permutation> identities(List<ChannelGroup> groups) {
    return groups.stream().map(group -> identity(group.size())).toList();
  }

  /**
   * Most important channels first; those of equal score in their old order.
   *
   * @param scores by channel; not NaN
   */
  public static Permutation byImportance(double[] scores) {
    for (double score : scores) {
      if (Double.isNaN(score)) {
        throw new IllegalArgumentException("a score is not a number");
      }
    }
    return new Permutation(
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(channel -> -scores[channel]))
            .mapToInt(Integer::intValue)
            .toArray());
  }

  @Override
  public int[] order() {
    return order.clone();
  }

  /** Number of channels. */
  public int size() {
    return order.length;
  }

  /** The channel that goes to a place. */
  public int at(int place) {
    return order[place];
  }
}
