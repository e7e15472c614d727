package dev.insitu.model.width;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Says how much each channel of a group matters. Scores are at least 0 and only compared within one
 * group. Pure functions of the arrays that are given; whoever has samples computes activations and
 * gradients.
 */
@FunctionalInterface
public interface Importance {

  /**
   * A score for each channel; larger is more important.
   *
   * @throws IllegalArgumentException if the group lacks what this looks at
   */
  double[] scores(ChannelGroup group);

  /** The L2 norm of everything that makes the channel: its kernels, rows, columns. */
  static Importance magnitude(Tensors values) {
    return group -> {
      List<Slot> slots = group.slots(SlotRole.OUTPUT);
      double[] squares = squares(group, slots.isEmpty() ? group.slots() : slots, values);
      return Arrays.stream(squares).map(Math::sqrt).toArray();
    };
  }

  /** The sum of |gamma| of the normalizations behind the channel. */
  static Importance normalizationScale(Tensors values) {
    return group -> {
      List<Slot> slots = group.slots(SlotRole.SCALE);
      if (slots.isEmpty()) {
        throw new IllegalArgumentException(
            "group "
                + group.index()
                + " has no normalization\nMaybe its batch norms were folded into convolutions: use"
                + " another measure of importance.");
      }
      return SlotSums.of(group, slots, values, tensor -> i -> Math.abs(tensor.values()[i]));
    };
  }

  /**
   * The mean |activation| of the channel times the L2 norm of all weights that read it.
   *
   * @param activations by group: the mean over samples and positions for each channel
   */
  static Importance activation(Tensors values, Function<ChannelGroup, double[]> activations) {
    return group -> {
      double[] means = activations.apply(group);
      if (means.length != group.size()) {
        throw new IllegalArgumentException(
            means.length + " activations for group " + group.index() + " of " + group.size());
      }
      List<Slot> readers = group.slots(SlotRole.INPUT);
      double[] scores = means.clone();
      if (!readers.isEmpty()) {
        double[] squares = squares(group, readers, values);
        Arrays.setAll(scores, channel -> means[channel] * Math.sqrt(squares[channel]));
      }
      return scores;
    };
  }

  /**
   * The sum of |gradient x weight| over all that makes or reads the channel, the first term of what
   * the loss changes by when it goes.
   */
  static Importance gradientTimesWeight(Tensors values, Tensors gradients) {
    return group -> {
      double[] scores = new double[group.size()];
      for (Slot slot : group.slots()) {
        if (slot.role() == SlotRole.OUTPUT || slot.role() == SlotRole.INPUT) {
          float[] gradient = gradients.of(slot.weight()).values();
          double[] sums =
              SlotSums.of(
                  group,
                  List.of(slot),
                  values,
                  tensor -> i -> Math.abs((double) tensor.values()[i] * gradient[i]));
          Arrays.setAll(scores, channel -> scores[channel] + sums[channel]);
        }
      }
      return scores;
    };
  }

  private static double[] squares(ChannelGroup group, List<Slot> slots, Tensors values) {
    return SlotSums.of(
        group, slots, values, tensor -> i -> (double) tensor.values()[i] * tensor.values()[i]);
  }
}
