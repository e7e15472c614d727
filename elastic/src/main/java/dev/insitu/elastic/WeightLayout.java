package dev.insitu.elastic;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where tensors lie in the weight file that graphs refer to. In a package of one width every tensor
 * has its place ({@link BlockTable}). In one of several widths each of these has a file of its own,
 * in which the tensors that it uses follow one another, those that are parts joined to one at the
 * place of the first. Immutable.
 */
public final class WeightLayout {

  private static final long NOWHERE = -1;

  private final long[] offsets;
  private final long[] lengths;
  private final long bytes;
  private final WidthTable table;
  private final int width;
  private final Map<Integer, Place> places;

  /** A part's number in a joined tensor. */
  private record Place(JoinedTensor joined, int part) {}

  private WeightLayout(
      long[] offsets,
      long[] lengths,
      long bytes,
      WidthTable table,
      int width,
      Map<Integer, Place> places) {
    this.offsets = offsets;
    this.lengths = lengths;
    this.bytes = bytes;
    this.table = table;
    this.width = width;
    this.places = places;
  }

  /** Every tensor, parts too, at a place of its own. */
  public static WeightLayout plain(BlockTable blocks) {
    long[] offsets = new long[blocks.tensorCount()];
    Arrays.setAll(offsets, blocks::offset);
    long[] lengths = new long[offsets.length];
    Arrays.setAll(
        lengths, i -> blocks.byteLength(i, blocks.firstBlock(i), blocks.firstBlock(i + 1)));
    long bytes = blocks.weightFileBytes();
    return new WeightLayout(offsets, lengths, bytes, WidthTable.NONE, 0, new HashMap<>());
  }

  /**
   * The file of a width.
   *
   * @param used the tensors that it uses
   */
  public static WeightLayout of(
      List<TensorSpec> tensors, WidthTable table, int width, BitSet used) {
    Map<Integer, Place> places = new HashMap<>();
    for (JoinedTensor joined : table.joined()) {
      for (int part = 0; part < joined.parts().size(); part++) {
        places.put(joined.parts().get(part), new Place(joined, part));
      }
    }
    long[] offsets = new long[tensors.size()];
    Arrays.fill(offsets, NOWHERE);
    long[] lengths = new long[tensors.size()];
    long end = 0;
    for (int tensor = used.nextSetBit(0); tensor >= 0; tensor = used.nextSetBit(tensor + 1)) {
      if (offsets[tensor] != NOWHERE) {
        continue;
      }
      long start = BlockTable.aligned(end);
      Place place = places.get(tensor);
      long length = tensors.get(tensor).byteLength();
      if (place != null) {
        long elements = WidthParts.elements(table, place.joined(), width);
        length = elements * tensors.get(tensor).type().bytes();
        for (int part : place.joined().parts()) {
          if (used.get(part)) {
            offsets[part] = start;
            lengths[part] = length;
          }
        }
      }
      offsets[tensor] = start;
      lengths[tensor] = length;
      end = start + length;
    }
    return new WeightLayout(offsets, lengths, end, table, width, places);
  }

  /** Bytes of the file. */
  public long bytes() {
    return bytes;
  }

  /** Whether a tensor is in the file. */
  public boolean has(int tensor) {
    return offsets[tensor] != NOWHERE;
  }

  /** Where a tensor, or the one that it is joined to, begins; a multiple of 4096. */
  public long offset(int tensor) {
    if (offsets[tensor] == NOWHERE) {
      throw new IllegalArgumentException("Tensor " + tensor + " is none that the width uses");
    }
    return offsets[tensor];
  }

  /** Bytes of a tensor, or of the one that it is joined to; 0 if the width does without it. */
  public long length(int tensor) {
    return lengths[tensor];
  }

  /** How a tensor is joined to others; empty if it lies at its offset in one piece. */
  public Optional<Weave> weave(int tensor) {
    Place place = places.get(tensor);
    if (place == null) {
      return Optional.empty();
    }
    WidthParts.Part part = WidthParts.of(table, place.joined()).get(place.part());
    Weave weave = WidthParts.weave(table, place.joined(), part, width);
    return weave.isPlain() ? Optional.empty() : Optional.of(weave);
  }
}
