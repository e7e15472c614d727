package dev.insitu.elastic.plan;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.PlanMaker.ManifestSizes;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a device has before the plan, and how it gets the manifest.
 *
 * @param have chunks it holds and can use
 * @param form how the manifest is sent
 * @param base the manifest it holds, if that is an earlier version at hand
 * @param manifestBytes bytes of the manifest in that form
 * @param difference the difference it can use, as it holds the whole earlier version
 */
public record StartingPoint(
    SubModel have,
    ManifestForm form,
    Optional<Digest> base,
    long manifestBytes,
    Optional<VersionDifference> difference) {

  /** Of a device that has nothing and gets the whole manifest. */
  public static StartingPoint nothing(Manifest manifest, long manifestBytes) {
    return new StartingPoint(
        SubModel.empty(manifest),
        ManifestForm.WHOLE,
        Optional.empty(),
        manifestBytes,
        Optional.empty());
  }

  /**
   * What a device has.
   *
   * @param manifest of the version that it wants, at any width
   * @param digest of that manifest
   * @param sizes what the manifest costs, and earlier versions
   * @param held what it says that it holds
   */
  public static StartingPoint of(
      Manifest manifest, Digest digest, ManifestSizes sizes, Optional<Held> held) {
    if (held.isPresent() && held.get().manifest().equals(digest)) {
      BitSet chunks = Range.within(held.get().chunks(), manifest.chunks().size());
      SubModel have = SubModel.usableOf(manifest, chunks);
      return new StartingPoint(have, ManifestForm.HELD, Optional.empty(), 0, Optional.empty());
    }
    Optional<Manifest> earlier = held.flatMap(some -> sizes.manifest(some.manifest()));
    if (earlier.isEmpty()) {
      return nothing(manifest, sizes.whole());
    }
    return ofEarlier(manifest, sizes, held.orElseThrow(), earlier.get());
  }

  private static StartingPoint ofEarlier(
      Manifest manifest, ManifestSizes sizes, Held held, Manifest earlier) {
    BitSet chunks = Range.within(held.chunks(), earlier.chunks().size());
    Set<Digest> digests = new HashSet<>();
    chunks.stream().forEach(i -> digests.add(earlier.chunks().get(i).digest()));
    BitSet same = new BitSet();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      same.set(i, digests.contains(manifest.chunks().get(i).digest()));
    }
    boolean complete = earlier.chunks().stream().map(ChunkSpec::digest).allMatch(digests::contains);
    Optional<VersionDifference> difference =
        manifest.differences().stream()
            .filter(some -> complete && some.base().equals(held.manifest()))
            .findFirst();
    OptionalLong patch = sizes.patch(held.manifest());
    boolean patched = patch.isPresent() && patch.getAsLong() < sizes.whole();
    return new StartingPoint(
        SubModel.usableOf(manifest, same),
        patched ? ManifestForm.PATCH : ManifestForm.WHOLE,
        Optional.of(held.manifest()),
        patched ? patch.getAsLong() : sizes.whole(),
        difference);
  }
}
