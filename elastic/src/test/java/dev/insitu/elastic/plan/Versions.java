package dev.insitu.elastic.plan;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.RandomPackage;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.plan.Wishes.Held;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A random package and an earlier version of it, in which about a third of the chunks is another.
 */
final class Versions implements PlanMaker.ManifestSizes {

  static final int WHOLE_BYTES = 700;
  static final int PATCH_BYTES = 90;

  final Manifest earlier;
  final Manifest manifest;
  final Digest earlierDigest = digest("earlier");
  final Digest digest = digest("this");
  private final int patchBytes;

  Versions(long seed) {
    this(seed, 1 + new Random(~seed).nextInt(8));
  }

  Versions(long seed, int tensors) {
    manifest = new RandomPackage(seed, tensors).manifest();
    Random random = new Random(seed);
    List<ChunkSpec> chunks = new ArrayList<>();
    for (ChunkSpec chunk : manifest.chunks()) {
      chunks.add(random.nextInt(3) > 0 ? chunk : withDigest(chunk, digest("c" + chunks.size())));
    }
    earlier = copy(manifest, chunks, List.of());
    patchBytes = PATCH_BYTES;
  }

  private Versions(Versions from, Manifest manifest, int patchBytes) {
    this.earlier = from.earlier;
    this.manifest = manifest;
    this.patchBytes = patchBytes;
  }

  Versions withPatchBytes(int bytes) {
    return new Versions(this, manifest, bytes);
  }

  /** This version with one difference chunk of that size against the earlier one. */
  Versions withDifference(int size) {
    VersionDifference difference =
        new VersionDifference(
            earlierDigest,
            Collections.nCopies(manifest.tensors().size(), 0),
            List.of(new DifferenceChunk(digest("difference"), size, 0, 1)));
    Manifest with = copy(manifest, manifest.chunks(), List.of(difference));
    return new Versions(this, with, patchBytes);
  }

  Held wholeEarlier() {
    return new Held(earlierDigest, List.of(new Range(0, earlier.chunks().size())));
  }

  /** Bytes of chunks that a device with the whole earlier version lacks. */
  long missingBytes() {
    List<Digest> held = earlier.chunks().stream().map(ChunkSpec::digest).toList();
    BitSet same = new BitSet();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      same.set(i, held.contains(manifest.chunks().get(i).digest()));
    }
    SubModel usable = SubModel.usableOf(manifest, same);
    return manifest.chunkBytes() - usable.bytes();
  }

  PlanMaker maker() {
    return maker(Profile.unmeasured());
  }

  PlanMaker maker(Profile profile) {
    return new PlanMaker(manifest, digest, profile, this);
  }

  @Override
  public long whole() {
    return WHOLE_BYTES;
  }

  @Override
  public OptionalLong patch(Digest base) {
    return base.equals(earlierDigest) ? OptionalLong.of(patchBytes) : OptionalLong.empty();
  }

  @Override
  public Optional<Manifest> manifest(Digest base) {
    return base.equals(earlierDigest) ? Optional.of(earlier) : Optional.empty();
  }

  static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ChunkSpec withDigest(ChunkSpec chunk, Digest digest) {
    return new ChunkSpec(
        digest,
        chunk.size(),
        chunk.group(),
        chunk.firstBlock(),
        chunk.endBlock(),
        chunk.errorRemoved());
  }

  private static Manifest copy(
      Manifest from, List<ChunkSpec> chunks, List<VersionDifference> differences) {
    return new Manifest(
        from.header(),
        from.inputs(),
        from.outputs(),
        from.tensors(),
        from.segments(),
        from.fusedGraph(),
        chunks.stream().collect(Collectors.toList()),
        from.profile(),
        differences);
  }
}
