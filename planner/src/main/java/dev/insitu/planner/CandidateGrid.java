package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Prediction;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Range;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * All sub-models of a package that are considered: exit, width, prefix of the canonical order, cut
 * between device and server with the precision of what crosses it, order of the chunks, and fused
 * or not. Made once for a package. Immutable.
 *
 * <p>A point is no object: what differs along the prefix stands in arrays, the rest in some dozens
 * of families.
 */
public final class CandidateGrid {

  /** Most prefixes of a width. */
  public static final int MAX_PREFIXES = 256;

  private static final BitSet NOTHING = new BitSet();

  private final Manifest manifest;
  private final List<ChunkIndex> indices; // by width
  private final List<ByteTable> coming; // by width: bytes of all chunks
  private final List<ByteTable> decoded; // by width
  private final List<Family> families;
  private final int[] sizes; // of the chunks
  private final Worth worth;
  private final int samples;
  private final Prediction.Deviation deviation;

  CandidateGrid(
      Manifest manifest,
      List<ChunkIndex> indices,
      int[] sizes,
      List<Family> families,
      Worth worth,
      int samples,
      Prediction.Deviation deviation) {
    this.manifest = manifest;
    this.indices = List.copyOf(indices);
    this.sizes = sizes;
    this.coming = coming(NOTHING);
    this.decoded = indices.stream().map(index -> index.decoded(sizes)).toList();
    this.families = List.copyOf(families);
    this.worth = worth;
    this.samples = samples;
    this.deviation = deviation;
  }

  /**
   * The candidates of a package.
   *
   * @param manifest at any width
   * @param profile what was measured of its sub-models
   */
  public static CandidateGrid of(Manifest manifest, Profile profile) {
    return new GridBuilder(manifest.whole(), profile).build();
  }

  /** The package at its whole width. */
  public Manifest manifest() {
    return manifest;
  }

  /** How many candidates there are. */
  public long points() {
    return families.stream().mapToLong(family -> family.last() - family.first() + 1).sum();
  }

  /** What stands for accuracy. */
  public Worth worth() {
    return worth;
  }

  /**
   * The chunks that a plan brings, in the order of sending.
   *
   * @param plan of this grid
   * @param have what the device has
   */
  public List<Range> chunks(PlannedModel plan, SubModel have) {
    return Range.of(Arrays.stream(sent(plan, have).chunks()));
  }

  /** The same, and how many of them first answers need. */
  ChunkOrder.Sent sent(PlannedModel plan, SubModel have) {
    Manifest view = manifest.atShare(plan.width());
    return new ChunkOrder(view, indices.get(view.width()), plan).missingFrom(have);
  }

  /** About how much memory it takes, without the manifest. */
  public long bytes() {
    long bytes = 1024L * families.size() + 4L * sizes.length;
    for (int width = 0; width < indices.size(); width++) {
      bytes += indices.get(width).bytes() + coming.get(width).bytes() + decoded.get(width).bytes();
      bytes += 8L * indices.get(width).prefixes() * families.size() / indices.size();
    }
    return bytes;
  }

  List<Family> families() {
    return families;
  }

  ChunkIndex index(int width) {
    return indices.get(width);
  }

  /** Bytes that are decoded, by width. */
  List<ByteTable> decoded() {
    return decoded;
  }

  /** Bytes of the chunks that are not held, by width. */
  List<ByteTable> missing(BitSet held) {
    return held.isEmpty() ? coming : coming(held);
  }

  private List<ByteTable> coming(BitSet without) {
    return indices.stream().map(index -> index.coming(sizes, without)).toList();
  }

  int samples() {
    return samples;
  }

  Prediction.Deviation deviation() {
    return deviation;
  }
}
