package dev.insitu.forge;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChannelAxis;
import dev.insitu.elastic.JoinedTensor;
import dev.insitu.model.Weight;
import dev.insitu.model.width.AxisOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * The tensors of a package in their order: weights as they are, and the parts of those of which
 * narrower widths have less. First stand the root's, then each head's; among these first what the
 * narrowest width uses.
 */
final class PackageTensors {

  private final List<Weight> weights;
  private final Map<Integer, WeightCut> cuts = new HashMap<>(); // of weights in parts
  private final List<ChannelAxis> axes = new ArrayList<>();
  private final List<Weight> stored = new ArrayList<>();
  private final List<Integer> origins = new ArrayList<>(); // by tensor: its weight
  private final List<Run> runs = new ArrayList<>();
  private final List<List<Tensor>> tensors = new ArrayList<>(); // by weight
  private final Set<String> names = new HashSet<>();

  /**
   * Tensors whose blocks may share chunks: they are wanted together.
   *
   * @param from the first tensor
   * @param end the one after the last
   * @param head the head they belong to, -1 for the root
   */
  record Run(int from, int end, int head) {}

  /** A tensor of a weight and the narrowest width that has it. */
  private record Tensor(int number, int width) {}

  /**
   * @param weights the root's, then each head's own
   * @param ends where the weights of the root end, and those of each head
   * @param orders of the dimensions of which narrower widths have less, by weight
   * @param narrower how many widths there are besides the whole
   */
  PackageTensors(
      List<Weight> weights,
      List<Integer> ends,
      Map<Integer, SortedMap<Integer, AxisOrder>> orders,
      int narrower) {
    this.weights = weights;
    for (Weight weight : weights) {
      names.add(weight.name());
      tensors.add(new ArrayList<>());
    }
    orders.forEach((weight, of) -> cuts.put(weight, new WeightCut(weights.get(weight), of)));
    int from = 0;
    for (int head = -1; head < ends.size() - 1; head++) {
      int end = ends.get(head + 1);
      for (int width = 0; width <= narrower; width++) {
        int first = stored.size();
        for (int weight = from; weight < end; weight++) {
          add(weight, width);
        }
        if (stored.size() > first || width == 0) {
          runs.add(new Run(first, stored.size(), head));
        }
      }
      from = end;
    }
  }

  /**
   * Writes the tensors to a weight file.
   *
   * @param blocks where they stand
   * @param file that is not there yet
   */
  void write(BlockTable blocks, Path file) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int tensor = 0; tensor < stored.size(); tensor++) {
        long length = stored.get(tensor).byteLength();
        for (long from = 0; from < length; from += piece.limit()) {
          piece.clear().limit((int) Math.min(piece.capacity(), length - from));
          stored.get(tensor).read(from, piece);
          piece.flip();
          long at = blocks.offset(tensor) + from;
          while (piece.hasRemaining()) {
            out.write(piece, at + piece.position());
          }
        }
      }
    }
  }

  private void add(int number, int width) {
    Weight weight = weights.get(number);
    WeightCut cut = cuts.get(number);
    if (cut == null) {
      if (width == 0) {
        put(number, width, renumbered(weight));
      }
      return;
    }
    for (boolean newRows : new boolean[] {false, true}) {
      cut.part(width, newRows)
          .ifPresent(part -> {
            String name = partName(weight.name(), width, newRows);
            put(number, width, part.as(stored.size(), name));
          });
    }
  }

  private void put(int weight, int width, Weight tensor) {
    tensors.get(weight).add(new Tensor(tensor.index(), width));
    stored.add(tensor);
    origins.add(weight);
  }

  private Weight renumbered(Weight weight) {
    return weight.index() == stored.size()
        ? weight
        : new Weight(
            stored.size(),
            weight.name(),
            weight.elementType(),
            weight.dims(),
            weight.role(),
            weight.outputAxis(),
            weight.data());
  }

  /** The first part has the weight's own name. */
  private String partName(String weight, int width, boolean newRows) {
    if (width == 0) {
      return weight;
    }
    String name = weight + "/" + width + (newRows ? "r" : "c");
    while (!names.add(name)) {
      name += "~";
    }
    return name;
  }

  /** All tensors in order. */
  List<Weight> stored() {
    return stored;
  }

  /** The weight that a tensor is, or is a part of. */
  int origin(int tensor) {
    return origins.get(tensor);
  }

  /** The name of the weight that a tensor is, or is a part of. */
  String originName(int tensor) {
    return weights.get(origin(tensor)).name();
  }

  /** What is coded together, in order. */
  List<Run> runs() {
    return runs;
  }

  /** The tensors that some weights have at a width, ascending. */
  int[] tensorsOf(Collection<Integer> some, int width) {
    return some.stream()
        .flatMap(weight -> tensors.get(weight).stream())
        .filter(tensor -> tensor.width() <= width)
        .mapToInt(Tensor::number)
        .sorted()
        .distinct()
        .toArray();
  }

  /** The first tensor of a weight, at whose place the weight lies in weight files. */
  int firstOf(int weight) {
    return tensors.get(weight).getFirst().number();
  }

  /** The weights that are stored in parts, after which {@link #axes} is complete. */
  List<JoinedTensor> joined() {
    List<JoinedTensor> joined = new ArrayList<>();
    for (int weight = 0; weight < tensors.size(); weight++) {
      WeightCut cut = cuts.get(weight);
      if (cut != null) {
        joined.add(
            new JoinedTensor(
                cut.rows().map(this::axis).orElse(-1),
                cut.rows().isPresent() ? 0 : cut.plainRows(),
                cut.columns().map(this::axis).orElse(-1),
                cut.inner(),
                tensors.get(weight).stream().map(Tensor::number).toList()));
      }
    }
    return joined;
  }

  private int axis(ChannelAxis axis) {
    int known = axes.indexOf(axis);
    if (known >= 0) {
      return known;
    }
    axes.add(axis);
    return axes.size() - 1;
  }

  /** The axes that joined tensors refer to. */
  List<ChannelAxis> axes() {
    return axes;
  }
}
