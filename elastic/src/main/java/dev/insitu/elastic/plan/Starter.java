package dev.insitu.elastic.plan;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/** What must arrive before inference begins, and in which order. */
final class Starter {

  private final Manifest manifest;
  private final SubModel chunks;

  /**
   * @param target the sub-model that is sent; holds the base of every segment that is to run
   */
  Starter(Manifest manifest, Profile profile, Wishes wishes, SubModel target) {
    this.manifest = manifest;
    double agreement = wishes.startAgreement().orElse(Wishes.DEFAULT_START_AGREEMENT);
    int depth = wishes.depth().orElse(manifest.segments().size());
    SubModel good =
        profile
            .firstReaching(agreement, manifest, depth)
            .map(point ->
                SubModel.prefix(manifest, Math.min(point.chunks(), manifest.chunks().size())))
            .orElseGet(() -> atLeastBytes(manifest, (3 * manifest.weightCount() + 7) / 8));
    SubModel least = SubModel.of(manifest, depth, 0);
    this.chunks = good.union(least).intersection(target);
  }

  /** Without a measured profile inference begins at 3 bits per weight, or a chunk more. */
  private static SubModel atLeastBytes(Manifest manifest, long bytes) {
    SubModel within = SubModel.prefixOfBytes(manifest, bytes);
    OptionalInt next = SubModel.whole(manifest).missingFrom(within).findFirst();
    return within.bytes() < bytes && next.isPresent()
        ? SubModel.prefix(manifest, next.getAsInt() + 1)
        : within;
  }

  SubModel chunks() {
    return chunks;
  }

  /**
   * The chunks that are missing, segment by segment: after those of a segment it runs, and all
   * segments before it. An exit's head comes with the segment before it, so that it can answer
   * while the rest is on its way.
   */
  List<Integer> missingFrom(SubModel have) {
    List<Integer> order = new ArrayList<>();
    BitSet placed = new BitSet();
    have.indices().forEach(placed::set);
    for (int segment = 0; segment < manifest.segments().size(); segment++) {
      place(manifest.segments().get(segment), placed, order);
      manifest.exitAt(segment + 1).ifPresent(exit -> place(exit.head(), placed, order));
    }
    place(chunks, placed, order);
    return order;
  }

  private void place(SegmentSpec segment, BitSet placed, List<Integer> order) {
    place(SubModel.closureOf(manifest, chunksOf(segment).stream()), placed, order);
  }

  private BitSet chunksOf(SegmentSpec segment) {
    BitSet of = new BitSet();
    for (int tensor : segment.tensors()) {
      for (int group = 0; group <= manifest.losslessGroup(); group++) {
        manifest.lattice().chunksOf(tensor, group).filter(chunks::contains).forEach(of::set);
      }
    }
    return of;
  }

  private static void place(SubModel model, BitSet placed, List<Integer> order) {
    model
        .indices()
        .filter(chunk -> !placed.get(chunk))
        .forEach(chunk -> {
          placed.set(chunk);
          order.add(chunk);
        });
  }
}
