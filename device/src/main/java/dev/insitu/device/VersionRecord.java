package dev.insitu.device;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Range;
import java.util.List;
import java.util.Objects;

/**
 * One version of a model on the device.
 *
 * @param manifest its digest
 * @param version as users call it
 * @param target indices of the chunks that were asked for
 * @param inFile whether its values lie in a weight file, because it came as a difference; else they
 *     come from chunks
 * @param complete whether all that was asked for has arrived once
 * @param pinned whether it must never be evicted
 * @param used when it was last used: larger is later; no time of day, so that no clock can spoil it
 * @param depth how many segments run before the exit that was asked for; 0 for the whole model
 * @param width share of the channels that was asked for; 0 for the whole
 */
record VersionRecord(
    Digest manifest,
    String version,
    List<Range> target,
    boolean inFile,
    boolean complete,
    boolean pinned,
    long used,
    int depth,
    double width) {

  /** A version that runs in full depth and width. */
  VersionRecord(
      Digest manifest,
      String version,
      List<Range> target,
      boolean inFile,
      boolean complete,
      boolean pinned,
      long used) {
    this(manifest, version, target, inFile, complete, pinned, used, 0, 0);
  }

  VersionRecord {
    Objects.requireNonNull(manifest);
    Objects.requireNonNull(version);
    target = List.copyOf(target);
  }

  VersionRecord withTarget(List<Range> wanted, boolean whole) {
    return new VersionRecord(manifest, version, wanted, inFile, whole, pinned, used, depth, width);
  }

  VersionRecord withPinned(boolean value) {
    return new VersionRecord(
        manifest, version, target, inFile, complete, value, used, depth, width);
  }

  VersionRecord withUsed(long time) {
    return new VersionRecord(
        manifest, version, target, inFile, complete, pinned, time, depth, width);
  }

  VersionRecord withDepth(int segments) {
    return new VersionRecord(
        manifest, version, target, inFile, complete, pinned, used, segments, width);
  }

  VersionRecord withWidth(double share) {
    return new VersionRecord(
        manifest, version, target, inFile, complete, pinned, used, depth, share);
  }
}
