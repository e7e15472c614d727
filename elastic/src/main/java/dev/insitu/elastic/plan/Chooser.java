package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.BitSet;
import java.util.PrimitiveIterator;
import java.util.stream.Collectors;

/**
 * The largest sub-model within the limits of wishes: what must be there to run, then more in
 * canonical order.
 */
final class Chooser {

  private final Manifest manifest;
  private final SubModel deep;
  private final SubModel least;
  private final SubModel have;
  private final int depth;
  private final long mostBytes;
  private final long mostArriving;

  Chooser(Manifest manifest, Wishes wishes, StartingPoint start) {
    this.manifest = manifest;
    this.depth = depth(manifest, wishes);
    this.deep = lossless(manifest, wishes);
    this.least = SubModel.of(manifest, depth, 0);
    this.have = start.have();
    this.mostBytes = mostBytes(wishes, deep);
    this.mostArriving = mostArriving(wishes, start.manifestBytes());
  }

  /**
   * The depth that is asked for.
   *
   * @throws ElasticException INVALID if the package has exits, but not at that depth; one without
   *     exits can be had in any depth, to be joined with a head elsewhere
   */
  static int depth(Manifest manifest, Wishes wishes) {
    int all = manifest.segments().size();
    int depth = wishes.depth().orElse(all);
    if (manifest.exits().isEmpty() || depth >= all || manifest.exitAt(depth).isPresent()) {
      return depth;
    }
    String exits =
        manifest.exits().stream()
            .map(exit -> Integer.toString(exit.depth()))
            .collect(Collectors.joining(", "));
    throw ElasticException.invalid(
        "depth is "
            + depth
            + "; '"
            + manifest.name()
            + "' answers after "
            + exits
            + " and all "
            + all
            + " segments.\nMaybe ask for one of these depths.");
  }

  /** The best sub-model of the depth that is asked for. */
  static SubModel lossless(Manifest manifest, Wishes wishes) {
    return wishes.depth().isPresent()
        ? SubModel.of(manifest, wishes.depth().getAsInt(), manifest.losslessGroup())
        : SubModel.whole(manifest);
  }

  /** Limit of the sub-model's bytes, held or not. */
  private static long mostBytes(Wishes wishes, SubModel deep) {
    long most = wishes.maxBytes().orElse(Long.MAX_VALUE);
    return wishes.bits().isPresent()
        ? Math.min(most, (long) (wishes.bits().getAsDouble() * deep.weights() / 8))
        : most;
  }

  /** Limit of the chunk bytes that travel. */
  private static long mostArriving(Wishes wishes, long manifestBytes) {
    if (wishes.deadline().isEmpty()) {
      return Long.MAX_VALUE;
    }
    double seconds = wishes.deadline().get().toNanos() * 1e-9;
    long arriving = (long) (wishes.rate().orElseThrow() * seconds / 8);
    return Math.max(0, arriving - manifestBytes);
  }

  /** Whether so many bytes may travel instead of chunks. */
  boolean allows(long bytes) {
    return bytes <= Math.min(mostBytes, mostArriving);
  }

  /** Whether anything within the limits runs. */
  boolean canChoose() {
    return least.bytes() <= mostBytes && bytesOf(least) <= mostArriving;
  }

  /**
   * @throws ElasticException INVALID if nothing within the limits runs
   */
  SubModel choose() {
    if (!canChoose()) {
      throw ElasticException.invalid(
          "The wishes allow "
              + Math.min(mostBytes, mostArriving)
              + " bytes of chunks; the least that runs "
              + depth
              + " segments of '"
              + manifest.name()
              + "' has "
              + least.bytes()
              + " bytes, of which "
              + bytesOf(least)
              + " are missing.\nMaybe ask for fewer segments, more bytes or more time.");
    }
    BitSet taken = new BitSet();
    least.indices().forEach(taken::set);
    long bytes = least.bytes();
    long arriving = bytesOf(least);
    for (PrimitiveIterator.OfInt i = deep.missingFrom(least).iterator(); i.hasNext(); ) {
      int chunk = i.nextInt();
      int size = manifest.chunks().get(chunk).size();
      bytes += size;
      arriving += have.contains(chunk) ? 0 : size;
      if (bytes > mostBytes || arriving > mostArriving) {
        break;
      }
      taken.set(chunk);
    }
    return SubModel.usableOf(manifest, taken);
  }

  private long bytesOf(SubModel model) {
    return model.missingFrom(have).mapToLong(i -> manifest.chunks().get(i).size()).sum();
  }
}
