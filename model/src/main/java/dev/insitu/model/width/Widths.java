package dev.insitu.model.width;

import java.util.Arrays;
import java.util.List;

/** How many channels of each group are kept. */
public final class Widths {

  private final int[] kept;

  private Widths(int[] kept) {
    this.kept = kept;
  }

  /**
   * Given numbers.
   *
   * @param kept by group: between 1 and its size, a multiple of its granule unless all
   */
  public static Widths of(List<ChannelGroup> groups, int... kept) {
    if (kept.length != groups.size()) {
      throw new IllegalArgumentException(kept.length + " widths of " + groups.size() + " groups");
    }
    for (ChannelGroup group : groups) {
      int width = kept[group.index()];
      boolean whole = width == group.size() || width % group.granule() == 0;
      if (width < 1 || width > group.size() || !whole) {
        throw new IllegalArgumentException(
            "group "
                + group.index()
                + " cannot keep "
                + width
                + " of "
                + group.size()
                + " channels\nMaybe take a multiple of "
                + group.granule()
                + ".");
      }
    }
    return new Widths(kept.clone());
  }

  /** The same share of every group, rounded to its granule, at least one granule. */
  public static Widths uniform(List<ChannelGroup> groups, double share) {
    return new Widths(groups.stream().mapToInt(group -> group.kept(share)).toArray());
  }

  /** Everything. */
  public static Widths full(List<ChannelGroup> groups) {
    return uniform(groups, 1);
  }

  /** Number of channels that are kept of a group. */
  public int kept(int group) {
    return kept[group];
  }

  @Override
  public String toString() {
    return Arrays.toString(kept);
  }
}
