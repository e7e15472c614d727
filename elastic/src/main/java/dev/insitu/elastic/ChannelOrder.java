package dev.insitu.elastic;

import java.util.BitSet;
import java.util.List;

/**
 * The order in which a channel group's channels are kept: a narrower model has the first of them.
 *
 * @param channels by place: the root's channel that stands there
 */
public record ChannelOrder(List<Integer> channels) {

  public ChannelOrder {
    channels = List.copyOf(channels);
    BitSet seen = new BitSet();
    for (int channel : channels) {
      if (channel < 0 || channel >= channels.size() || seen.get(channel)) {
        throw ElasticException.corrupt(
            "An order of "
                + channels.size()
                + " channels holds channel "
                + channel
                + (channel >= 0 && channel < channels.size() ? " twice." : "."));
      }
      seen.set(channel);
    }
  }

  /** Number of channels. */
  public int size() {
    return channels.size();
  }
}
