package dev.insitu.model.width;

import java.util.List;

/**
 * Channels that can change places with each other and be left out, each together with all that
 * belongs to it. A channel may be one kernel, a hidden unit, a whole attention head or a whole
 * group of a grouped convolution.
 *
 * @param index the group's number
 * @param size number of channels, at least 2
 * @param granule the number of channels that are kept is a multiple of this, or all
 * @param slots where the channels are in the weights, in order of first use
 */
public record ChannelGroup(int index, int size, int granule, List<Slot> slots) {

  public ChannelGroup {
    slots = List.copyOf(slots);
    if (size < 2 || granule < 1 || granule > size) {
      throw new IllegalArgumentException(size + " channels by " + granule);
    }
    for (Slot slot : slots) {
      if (slot.size() != size) {
        throw new IllegalArgumentException(slot + " in a group of " + size);
      }
    }
  }

  /** The slots of one role. */
  public List<Slot> slots(SlotRole role) {
    return slots.stream().filter(slot -> slot.role() == role).toList();
  }

  /** The fewest indices that a channel has in a weight's dimension: 1 for single kernels. */
  public int repeat() {
    return slots.stream().mapToInt(Slot::repeat).min().orElse(1);
  }

  /** The number of channels nearest to a share of all that may be kept. */
  public int kept(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share of " + share + " is not between 0 and 1");
    }
    if (share == 1) {
      return size;
    }
    long granules = Math.round(size * share / granule);
    return (int) Math.min(size, Math.max(1, granules) * granule);
  }
}
