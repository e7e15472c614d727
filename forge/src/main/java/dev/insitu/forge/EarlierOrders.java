package dev.insitu.forge;

import dev.insitu.elastic.ChannelAxis;
import dev.insitu.elastic.JoinedTensor;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.model.width.ChannelGroup;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Slot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The orders of channels in an earlier version's package. A version that keeps them keeps what its
 * parts hold, and so the chunks of tensors that did not change and small differences of the others.
 */
final class EarlierOrders {

  private final Map<String, JoinedTensor> joined = new HashMap<>(); // by weight
  private final List<ChannelAxis> axes;

  private EarlierOrders(Manifest earlier) {
    this.axes = earlier.widthTable().axes();
    for (JoinedTensor tensor : earlier.widthTable().joined()) {
      joined.put(earlier.tensors().get(tensor.parts().getFirst()).name(), tensor);
    }
  }

  /** Those of the last of some packages that has several widths. */
  static Optional<EarlierOrders> of(List<PackageFile> bases) {
    return bases.stream()
        .map(PackageFile::manifest)
        .filter(manifest -> manifest.widths().size() > 1)
        .reduce((first, second) -> second)
        .map(EarlierOrders::new);
  }

  /** The order of a group of the same channels, if there was one. */
  Optional<Permutation> of(ChannelGroup group) {
    return group.slots().stream().flatMap(slot -> order(slot).stream()).findFirst();
  }

  private Optional<Permutation> order(Slot slot) {
    JoinedTensor tensor = joined.get(slot.weight());
    int number = tensor == null ? -1 : slot.axis() == 0 ? tensor.rowAxis() : tensor.columnAxis();
    if (number < 0) {
      return Optional.empty();
    }
    int[] indices = axes.get(number).indices();
    Map<Integer, Integer> channels = new HashMap<>(); // by their first index
    for (int channel = 0; channel < slot.size(); channel++) {
      channels.put(slot.position(channel, 0), channel);
    }
    int[] order = new int[slot.size()];
    for (int place = 0; place < order.length; place++) {
      int position = slot.position(place, 0);
      Integer channel = position < indices.length ? channels.remove(indices[position]) : null;
      if (channel == null) {
        return Optional.empty(); // other channels than these
      }
      order[place] = channel;
    }
    return Optional.of(new Permutation(order));
  }
}
