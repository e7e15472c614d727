package dev.insitu.device;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.BitSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A version as the runtime gets it.
 *
 * @param digest of its manifest
 * @param version as users call it
 * @param manifest of the chunks below, at the width that runs: its own, or the view of its weight
 *     file
 * @param chunks where they come from
 * @param held tells which of them are there
 * @param inFile whether it is the view of a weight file
 * @param depth how many segments run before the answer: all, or those before an exit
 */
record Loaded(
    Digest digest,
    String version,
    Manifest manifest,
    ChunkSource chunks,
    Predicate<Digest> held,
    boolean inFile,
    int depth) {

  /**
   * The depth at which a model runs.
   *
   * @param asked for; without an exit there, or 0, the whole model runs
   */
  static int depth(Manifest manifest, int asked) {
    return manifest.exitAt(asked).isPresent() ? asked : manifest.segments().size();
  }

  /** The same at another depth, as {@link #depth} takes it. */
  Loaded withDepth(int asked) {
    return new Loaded(digest, version, manifest, chunks, held, inFile, depth(manifest, asked));
  }

  /** The same at another width of its package, in the same depth. */
  Loaded withWidth(int number) {
    Manifest view = manifest.atWidth(number);
    return new Loaded(digest, version, view, chunks, held, inFile, depth);
  }

  /** The width as records keep it: 0 for the whole. */
  double recordedWidth() {
    return manifest.isWhole() ? 0 : manifest.share();
  }

  /** The depth as records keep it: 0 for the whole model. */
  int recordedDepth() {
    return depth == manifest.segments().size() ? 0 : depth;
  }

  /** What must be there to run at its depth. */
  SubModel base() {
    return SubModel.of(manifest, depth, 0);
  }

  /** Indices of the chunks that are there. */
  BitSet present() {
    BitSet present = new BitSet();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      present.set(i, held.test(manifest.chunks().get(i).digest()));
    }
    return present;
  }

  /** What can be used of the chunks that are there. */
  SubModel usable() {
    return SubModel.usableOf(manifest, present());
  }

  /** The least sub-model with these chunks, and those that are there. */
  SubModel with(IntStream chunkIndices) {
    return SubModel.closureOf(manifest, chunkIndices).union(usable());
  }
}
