package dev.insitu.elastic;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * A dimension of weights that narrower widths have fewer indices of. Its indices are put into an
 * order of places; a width has those that came with it or with a narrower one. The whole width has
 * them in the root's order again. Immutable.
 */
public final class ChannelAxis {

  private final int[] indices;
  private final int[] widths;
  private final int[] counts; // by width: indices that came with it

  /**
   * @param indices by place: the root's index that stands there
   * @param widths by place: the number of the narrowest width that has it; 0 for some
   */
  public ChannelAxis(int[] indices, int[] widths) {
    this.indices = indices.clone();
    this.widths = widths.clone();
    if (indices.length == 0 || widths.length != indices.length) {
      throw ElasticException.corrupt(
          "An axis has " + indices.length + " indices with " + widths.length + " widths.");
    }
    this.counts = new int[WidthTable.MAX_FORMS + 1];
    BitSet seen = new BitSet();
    for (int place = 0; place < indices.length; place++) {
      require(indices[place], widths[place], seen);
      seen.set(indices[place]);
      counts[widths[place]]++;
    }
    if (counts[0] == 0) {
      throw ElasticException.corrupt("The narrowest width has no index of an axis.");
    }
  }

  private void require(int index, int width, BitSet seen) {
    boolean inside = index >= 0 && index < indices.length;
    if (!inside || seen.get(index) || width < 0 || width >= counts.length) {
      throw ElasticException.corrupt(
          "An axis of "
              + indices.length
              + " indices has index "
              + index
              + " from width "
              + width
              + " on"
              + (inside && seen.get(index) ? ", and twice." : "."));
    }
  }

  /** Number of indices of the whole width. */
  public int size() {
    return indices.length;
  }

  /** The number of the widest width that some index comes with. */
  int widest() {
    int widest = counts.length - 1;
    while (counts[widest] == 0) {
      widest--;
    }
    return widest;
  }

  /** By place: the root's index. A copy. */
  public int[] indices() {
    return indices.clone();
  }

  /** By place: the number of the narrowest width that has it. A copy. */
  public int[] widths() {
    return widths.clone();
  }

  /** Number of indices that came with such widths. */
  public int count(IntPredicate width) {
    int count = 0;
    for (int some = 0; some < counts.length; some++) {
      count += width.test(some) ? counts[some] : 0;
    }
    return count;
  }

  /** The root's indices that came with such widths, by place. */
  public int[] indices(IntPredicate width) {
    int[] found = new int[count(width)];
    int next = 0;
    for (int place = 0; place < indices.length; place++) {
      if (width.test(widths[place])) {
        found[next++] = indices[place];
      }
    }
    return found;
  }

  /**
   * Where the indices that came with such widths stand at a width that has them.
   *
   * @param at the number of that width
   * @param whole whether it is the whole width, which has the root's order
   */
  int[] positions(IntPredicate width, int at, boolean whole) {
    if (whole) {
      return indices(width);
    }
    int[] positions = new int[count(width)];
    int position = 0;
    int next = 0;
    for (int some : widths) {
      if (width.test(some)) {
        positions[next++] = position;
      }
      position += some <= at ? 1 : 0;
    }
    return positions;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelAxis axis
        && Arrays.equals(indices, axis.indices)
        && Arrays.equals(widths, axis.widths);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indices) + Arrays.hashCode(widths);
  }

  @Override
  public String toString() {
    return "indices " + Arrays.toString(indices) + " from widths " + Arrays.toString(widths);
  }
}
