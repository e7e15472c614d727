package dev.insitu.model.width;

import java.util.List;
import java.util.function.Function;

/** Adds something up over all elements that belong to each channel. */
final class SlotSums {

  private SlotSums() {}

  /** By channel: the sum of the terms over the slots' elements. */
  static double[] of(
      ChannelGroup group, List<Slot> slots, Tensors values, Function<Tensor, Tensor.Term> terms) {
    double[] sums = new double[group.size()];
    for (Slot slot : slots) {
      Tensor tensor = values.of(slot.weight());
      Tensor.Term term = terms.apply(tensor);
      for (int channel = 0; channel < sums.length; channel++) {
        for (int i = 0; i < slot.repeat(); i++) {
          sums[channel] += tensor.sum(slot.axis(), slot.position(channel, i), term);
        }
      }
    }
    return sums;
  }
}
