package dev.insitu.model.width;

import java.util.Arrays;
import java.util.List;

/** How many channels of each group are kept. */
public final class Widths {

  /** Channels that a processor's vector unit works on at once. */
  private static final int BLOCK = 8;

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

  /**
   * A share of every group, rounded to a number that suits processors without being far from the
   * share: of groups of single channels to a multiple of 2, 4 or 8, the largest that is at most an
   * eighth of the group.
   */
  public static Widths rounded(List<ChannelGroup> groups, double share) {
    return new Widths(groups.stream().mapToInt(group -> rounded(group, share)).toArray());
  }

  private static int rounded(ChannelGroup group, double share) {
    if (share == 1) {
      return group.size();
    }
    int most = Math.min(BLOCK / Math.min(BLOCK, group.repeat()), group.size() / BLOCK);
    int unit = group.granule() * Math.max(1, Integer.highestOneBit(most));
    int kept = (int) Math.round(group.size() * share / unit) * unit;
    return Math.clamp(kept, Math.min(unit, group.size()), group.size());
  }

  /**
   * With which of several widths a channel comes.
   *
   * @param place of the channel in the group's order
   * @param narrower from the narrowest
   * @return a number among them, or how many they are if none has it
   */
  static int from(ChannelGroup group, int place, List<Widths> narrower) {
    int width = 0;
    while (width < narrower.size() && place >= narrower.get(width).kept(group.index())) {
      width++;
    }
    return width;
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
