package dev.insitu.planner;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.WidthTable;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A package of segments with a tensor each, whose chunks have given sizes: a chunk for each block
 * and group, plane after plane.
 */
final class LayeredPackage {

  private static final int BLOCK = 1 << 18; // weights of a block with rows of 64

  private LayeredPackage() {}

  /** Segments whose only chunks are of the given sizes, and so many multiply-accumulates. */
  static Manifest plain(int[] sizes, long... macs) {
    List<TensorSpec> tensors = new ArrayList<>();
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      tensors.add(new TensorSpec("t" + i, ElementType.INT64, Coding.RAW, 800, 0, 0));
      chunks.add(chunk(i, sizes[i], 0, i));
    }
    return manifest(tensors, chunks, macs, 0, List.of());
  }

  /** Segments of so many blocks each, in planes; exits after some of them, without weights. */
  static Manifest planes(int segments, int blocks, int levels, List<Integer> exits) {
    List<TensorSpec> tensors = new ArrayList<>();
    long[] macs = new long[segments];
    for (int i = 0; i < segments; i++) {
      tensors.add(
          new TensorSpec(
              "t" + i, ElementType.FLOAT32, Coding.PLANES, (long) blocks * BLOCK, 64, levels));
      macs[i] = 40_000_000L / (i + 1);
    }
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int group = 0; group <= levels + 1; group++) {
      for (int block = 0; block < segments * blocks; block++) {
        int size = (group == 0 ? 48_000 : group > levels ? 300_000 : 32_000) + 17 * block;
        chunks.add(chunk(chunks.size(), size, group, block));
      }
    }
    return manifest(tensors, chunks, macs, levels, exits);
  }

  private static ChunkSpec chunk(int number, int size, int group, int block) {
    Digest digest = Digest.sha256(("chunk " + number).getBytes(StandardCharsets.US_ASCII));
    return new ChunkSpec(digest, size, group, block, block + 1, 1f / (1 + number));
  }

  private static Manifest manifest(
      List<TensorSpec> tensors,
      List<ChunkSpec> chunks,
      long[] macs,
      int levels,
      List<Integer> exits) {
    byte[] graph = {1};
    List<SegmentSpec> segments = new ArrayList<>();
    for (int i = 0; i < macs.length; i++) {
      String in = i == 0 ? "x" : "h" + i;
      String out = i == macs.length - 1 ? "y" : "h" + (i + 1);
      segments.add(
          SegmentSpec.of(List.of(in), List.of(out), new int[] {i}, macs[i], 1_000_000, graph));
    }
    List<ExitSpec> heads = new ArrayList<>();
    for (int after : exits) {
      heads.add(
          new ExitSpec(
              after,
              SegmentSpec.of(
                  List.of("h" + (after + 1)),
                  List.of("exit" + after),
                  new int[0],
                  1000,
                  1000,
                  graph)));
    }
    Digest digest = Digest.sha256(graph);
    return new Manifest(
        new Header("layers", "1", digest, Optional.empty(), digest, levels, false),
        List.of(new ValueSpec("x", 1, List.of(1L, 3L), true)),
        List.of(new ValueSpec("y", 1, List.of(1L, 10L), true)),
        tensors,
        segments,
        heads,
        segments.size() == 1 ? ByteBuffer.allocate(0) : ByteBuffer.wrap(graph),
        WidthTable.NONE,
        chunks,
        Optional.empty(),
        List.of());
  }

  /** Accuracies that rise with the bytes, for the whole, its exits and, if asked for, cuts. */
  static Profile profile(Manifest manifest, boolean cuts) {
    int all = manifest.segments().size();
    List<Profile.Exit> exits = new ArrayList<>();
    manifest
        .exits()
        .forEach(exit ->
            exits.add(
                new Profile.Exit(
                    exit.after(),
                    OptionalDouble.empty(),
                    points(manifest, exit.depth(), 0.5 + 0.3 * exit.depth() / all))));
    Profile profile = new Profile(2000, points(manifest, all, 0.92), exits, List.of());
    if (!cuts) {
      return profile;
    }
    List<CutProfile> divided = new ArrayList<>();
    for (int before = 0; before < all; before++) {
      divided.add(cut(manifest, before));
    }
    return profile.withCuts(divided);
  }

  private static CutProfile cut(Manifest manifest, int before) {
    List<CutProfile.Level> levels = new ArrayList<>();
    List<Profile.Point> points =
        before == 0
            ? List.of(new Profile.Point(0, 0, 0, 0.92, OptionalDouble.of(0.92)))
            : points(manifest, before, 0.92);
    for (Profile.Point point : points) {
      List<CutProfile.Features> features = new ArrayList<>();
      for (int bits : new int[] {2, 4, 8, 32}) {
        double accuracy = point.agreement() - 0.04 / bits;
        double bytes = bits * 60_000.0 / 8 / (before + 1);
        features.add(new CutProfile.Features(bits, bytes, accuracy, OptionalDouble.of(accuracy)));
      }
      levels.add(new CutProfile.Level(point.chunks(), point.bytes(), features));
    }
    long macs = 0;
    for (int i = before; i < manifest.segments().size(); i++) {
      macs += manifest.segments().get(i).macs();
    }
    return new CutProfile(before, 0, macs, levels);
  }

  /** Of all segments. */
  static long macs(Manifest manifest) {
    return manifest.segments().stream().mapToLong(SegmentSpec::macs).sum();
  }

  private static List<Profile.Point> points(Manifest manifest, int depth, double best) {
    List<Profile.Point> points = new ArrayList<>();
    int chunks = manifest.chunks().size();
    for (int i = 2; i <= 10; i++) {
      int count = chunks * i / 10;
      long bytes = 0;
      for (int chunk = 0; chunk < count; chunk++) {
        ChunkSpec spec = manifest.chunks().get(chunk);
        int tensor = manifest.blocks().tensorOf(spec.firstBlock());
        bytes += tensor < depth ? spec.size() : 0;
      }
      double accuracy = best * (1 - Math.exp(-i));
      points.add(new Profile.Point(count, bytes, 1, accuracy, OptionalDouble.of(accuracy)));
    }
    return points;
  }
}
