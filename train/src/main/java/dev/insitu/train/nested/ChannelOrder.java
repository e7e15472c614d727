package dev.insitu.train.nested;

import dev.insitu.model.width.ChannelGroup;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Slot;
import dev.insitu.model.width.Widths;
import dev.insitu.train.Parameter;
import dev.insitu.train.Torch;
import dev.insitu.train.exits.Heads;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Where channels stand in weights when the most important come first: then what a width keeps of a
 * dimension is a prefix, or a few runs, and a slice of the whole weight.
 */
final class ChannelOrder {

  /**
   * What is kept of one dimension.
   *
   * @param ends of the runs: from, end, from, end ..., ascending
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Cut(int axis, int[] ends) {}

  private final WidthAxis axis;

  ChannelOrder(WidthAxis axis) {
    this.axis = axis;
  }

  /** A weight's values with the most important channels first. */
  float[] ordered(String weight, long[] dims, float[] values) {
    return moved(weight, dims, values, false);
  }

  /** The opposite of {@link #ordered}. */
  float[] restored(String weight, long[] dims, float[] values) {
    return moved(weight, dims, values, true);
  }

  private float[] moved(String weight, long[] dims, float[] values, boolean back) {
    float[] result = values;
    for (Map.Entry<Integer, int[]> entry : sources(weight, dims).entrySet()) {
      result = moved(result, dims, entry.getKey(), entry.getValue(), back);
    }
    return result;
  }

  /** By dimension, by new index: the old one. */
  private Map<Integer, int[]> sources(String weight, long[] dims) {
    Map<Integer, int[]> sources = new TreeMap<>();
    for (ChannelGroup group : axis.groups().list()) {
      Permutation order = axis.orders().get(group.index());
      for (Slot slot : group.slots()) {
        if (slot.weight().equals(weight)) {
          int[] indices =
              sources.computeIfAbsent(
                  slot.axis(), a -> IntStream.range(0, Math.toIntExact(dims[a])).toArray());
          for (int place = 0; place < group.size(); place++) {
            for (int i = 0; i < slot.repeat(); i++) {
              indices[slot.position(place, i)] = slot.position(order.at(place), i);
            }
          }
        }
      }
    }
    return sources;
  }

  /** Changes heads that have learnt from ordered channels so that they read them as they were. */
  void restore(Heads heads) {
    heads.forEach((place, channelAxis, parameters) -> {
      int[] sources = axis.groups().sources(place.value(), channelAxis, axis.orders());
      for (Parameter parameter : parameters.all()) {
        int dimension = Heads.channelDimension(place, parameter);
        if (dimension >= 0 && sources.length > 0) {
          long[] dims = parameter.array().getShape().getShape();
          float[] values = parameter.array().toFloatArray();
          Torch.set(parameter.array(), moved(values, dims, dimension, sources, true));
        }
      }
    });
  }

  private static float[] moved(float[] values, long[] dims, int axis, int[] sources, boolean back) {
    int inner = 1;
    for (int i = axis + 1; i < dims.length; i++) {
      inner *= (int) dims[i];
    }
    float[] result = new float[values.length];
    int block = inner * sources.length;
    for (int outer = 0; outer < values.length; outer += block) {
      for (int i = 0; i < sources.length; i++) {
        int from = back ? i : sources[i];
        int to = back ? sources[i] : i;
        System.arraycopy(values, outer + from * inner, result, outer + to * inner, inner);
      }
    }
    return result;
  }

  /** The dimensions of a weight of which a width does not keep all. */
  List<Cut> cuts(String weight, long[] dims, Widths widths) {
    Map<Integer, BitSet> dropped = new TreeMap<>();
    for (ChannelGroup group : axis.groups().list()) {
      for (Slot slot : group.slots()) {
        for (int place = widths.kept(group.index());
            slot.weight().equals(weight) && place < group.size();
            place++) {
          BitSet out = dropped.computeIfAbsent(slot.axis(), a -> new BitSet());
          for (int i = 0; i < slot.repeat(); i++) {
            out.set(slot.position(place, i));
          }
        }
      }
    }
    List<Cut> cuts = new ArrayList<>();
    dropped.forEach((dimension, out) ->
        cuts.add(new Cut(dimension, runs(out, Math.toIntExact(dims[dimension])))));
    return cuts;
  }

  private static int[] runs(BitSet out, int size) {
    List<Integer> ends = new ArrayList<>();
    for (int from = out.nextClearBit(0); from < size; ) {
      int next = out.nextSetBit(from);
      int end = next < 0 ? size : Math.min(next, size);
      ends.add(from);
      ends.add(end);
      from = out.nextClearBit(end);
    }
    return ends.stream().mapToInt(Integer::intValue).toArray();
  }
}
