package dev.insitu.elastic.plan;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Plan.Refused;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Turns wishes into a plan. Pure. */
public final class PlanMaker {

  private final Manifest manifest;
  private final Digest digest;
  private final Profile profile;
  private final ManifestSizes sizes;

  /** What the manifest costs in each form, and the earlier versions at hand. */
  public interface ManifestSizes {

    /** Bytes of the whole form. */
    long whole();

    /** Bytes of the patch against a manifest, or empty if that one is not at hand. */
    java.util.OptionalLong patch(Digest base);

    /** An earlier version's manifest, if it is at hand. */
    Optional<Manifest> manifest(Digest base);
  }

  public PlanMaker(Manifest manifest, Digest digest, Profile profile, ManifestSizes sizes) {
    this.manifest = manifest;
    this.digest = digest;
    this.profile = profile;
    this.sizes = sizes;
  }

  /** The largest sub-model within the wishes' limits. */
  public SubModel choose(Wishes wishes) {
    int depth = wishes.depth().orElse(manifest.segments().size());
    SubModel deep = SubModel.of(manifest, depth, manifest.losslessGroup());
    long budget = budget(wishes, deep);
    BitSet taken = new BitSet();
    long bytes = 0;
    for (int chunk : deep.indices().toArray()) {
      bytes += manifest.chunks().get(chunk).size();
      if (bytes > budget) {
        break;
      }
      taken.set(chunk);
    }
    SubModel chosen = SubModel.usableOf(manifest, taken);
    long least = SubModel.of(manifest, depth, 0).bytes();
    if (chosen.runnableSegments() < depth) {
      throw ElasticException.invalid(
          "The wishes allow " + budget + " bytes of chunks; the least that runs " + depth + " segments of '" + manifest.name()
              + "' needs about " + least + ".\nMaybe ask for fewer segments, more bytes or more time.");
    }
    return chosen;
  }

  private long budget(Wishes wishes, SubModel deep) {
    long budget = wishes.maxBytes().orElse(Long.MAX_VALUE);
    if (wishes.bits().isPresent()) {
      budget = Math.min(budget, (long) (wishes.bits().getAsDouble() * weightsOf(deep) / 8));
    }
    if (wishes.deadline().isPresent()) {
      double seconds = wishes.deadline().get().toNanos() * 1e-9;
      long arriving = (long) (wishes.rate().orElseThrow() * seconds / 8) - sizes.whole();
      budget = Math.min(budget, Math.max(0, arriving));
    }
    return budget;
  }

  private long weightsOf(SubModel model) {
    Set<Integer> tensors = new HashSet<>();
    model.indices().forEach(chunk -> manifest.lattice().blocksOf(chunk).forEach(block -> tensors.add(block.tensorIndex())));
    return tensors.stream()
        .map(manifest.tensors()::get)
        .filter(tensor -> tensor.coding() != dev.insitu.elastic.Coding.RAW)
        .mapToLong(dev.insitu.elastic.TensorSpec::length)
        .sum();
  }

  /**
   * A plan for the wishes.
   *
   * @throws ElasticException INVALID if nothing within the limits can run
   */
  public Plan plan(Wishes wishes) {
    SubModel target = choose(wishes);
    List<Refused> refused = refusedFor(wishes, target);
    Optional<Wishes.Held> held = wishes.held();
    if (held.isPresent() && held.get().manifest().equals(digest)) {
      SubModel have = usable(held.get().chunks());
      return finish(wishes, target, have, ManifestForm.HELD, Optional.of(digest), refused);
    }
    Optional<Manifest> base = held.flatMap(some -> sizes.manifest(some.manifest()));
    if (base.isEmpty()) {
      return finish(wishes, target, SubModel.empty(manifest), ManifestForm.WHOLE, Optional.empty(), refused);
    }
    return update(wishes, target, held.get(), base.get(), refused);
  }

  private SubModel usable(List<Range> ranges) {
    BitSet bits = new BitSet();
    for (Range range : ranges) {
      bits.set(range.from(), Math.min(range.to(), manifest.chunks().size()));
    }
    return SubModel.usableOf(manifest, bits);
  }

  /** From an earlier version: its chunks that are still in use stay; differences are taken if they are smaller. */
  private Plan update(
      Wishes wishes, SubModel target, Wishes.Held held, Manifest base, List<Refused> refused) {
    Set<Digest> digests = new HashSet<>();
    Range.indices(held.chunks())
        .filter(i -> i < base.chunks().size())
        .forEach(i -> digests.add(base.chunks().get(i).digest()));
    BitSet same = new BitSet();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      same.set(i, digests.contains(manifest.chunks().get(i).digest()));
    }
    SubModel have = SubModel.usableOf(manifest, same);
    long patch = sizes.patch(held.manifest()).orElse(Long.MAX_VALUE);
    ManifestForm form = patch < sizes.whole() ? ManifestForm.PATCH : ManifestForm.WHOLE;
    Plan chunks = finish(wishes, target, have, form, Optional.of(held.manifest()), refused);
    boolean complete = digests.size() >= base.chunks().stream().map(ChunkSpec::digest).distinct().count();
    Optional<VersionDifference> difference =
        manifest.differences().stream().filter(d -> d.base().equals(held.manifest())).findFirst();
    if (!complete || difference.isEmpty() || difference.get().bytes() >= chunks.chunkBytes()) {
      return chunks;
    }
    long bytes = difference.get().bytes();
    Content content = new Content(digest, form, Optional.of(held.manifest()), true, List.of());
    int count = difference.get().chunks().size();
    Expected expected = new Expected(OptionalDouble.of(1), OptionalDouble.of(1), OptionalDouble.empty());
    String reason =
        String.format(
            Locale.ROOT, "the whole new version as a difference against the held one: %d bytes instead of %d", bytes, chunks.chunkBytes());
    return new Plan(
        manifest.name(), manifest.header().version(), content, chunks.manifestBytes(), bytes, count, bytes, expected, reason,
        refused);
  }

  private Plan finish(
      Wishes wishes, SubModel target, SubModel have, ManifestForm form, Optional<Digest> base, List<Refused> refused) {
    SubModel starter = starter(wishes, target);
    List<Integer> order = new ArrayList<>(segmentMajor(starter, have));
    int starterChunks = order.size();
    long starterBytes = bytesOf(order);
    target.missingFrom(have.union(starter)).forEach(order::add);
    List<Range> ranges = Range.of(order.stream().mapToInt(Integer::intValue));
    Content content = new Content(digest, form, form == ManifestForm.PATCH ? base : Optional.empty(), false, ranges);
    long manifestBytes =
        switch (form) {
          case HELD -> 0;
          case WHOLE -> sizes.whole();
          case PATCH -> sizes.patch(base.orElseThrow()).orElseThrow();
        };
    return new Plan(
        manifest.name(), manifest.header().version(), content, manifestBytes, bytesOf(order), starterChunks, starterBytes,
        expected(starter, target), reason(wishes, target, have), refused);
  }

  private SubModel starter(Wishes wishes, SubModel target) {
    double agreement = wishes.startAgreement().orElse(Wishes.DEFAULT_START_AGREEMENT);
    int chunks =
        profile.firstReaching(agreement).map(Profile.Point::chunks).orElse(SubModel.prefixOfBytes(manifest, defaultStart()).size());
    SubModel starter = SubModel.prefix(manifest, chunks).intersection(target);
    SubModel least = SubModel.of(manifest, wishes.depth().orElse(manifest.segments().size()), 0);
    return starter.union(least).intersection(target);
  }

  /** Without a measured profile inference begins at 3 bits per weight. */
  private long defaultStart() {
    return 3 * manifest.weightCount() / 8;
  }

  private List<Integer> segmentMajor(SubModel starter, SubModel have) {
    Set<Integer> order = new LinkedHashSet<>();
    for (int segment = 0; segment < manifest.segments().size(); segment++) {
      BitSet of = new BitSet();
      for (int tensor : manifest.segments().get(segment).tensors()) {
        addChunks(tensor, starter, of);
      }
      SubModel.closureOf(manifest, of.stream()).missingFrom(have).forEach(order::add);
    }
    starter.missingFrom(have).forEach(order::add);
    return List.copyOf(order);
  }

  private void addChunks(int tensor, SubModel of, BitSet into) {
    int end = manifest.blocks().firstBlock(tensor + 1);
    for (int block = manifest.blocks().firstBlock(tensor); block < end; block++) {
      for (int group = 0; group <= manifest.losslessGroup(); group++) {
        int chunk = manifest.lattice().chunkOf(block, group);
        if (chunk >= 0 && of.contains(chunk)) {
          into.set(chunk);
        }
      }
    }
  }

  private long bytesOf(List<Integer> chunks) {
    return chunks.stream().mapToLong(i -> manifest.chunks().get(i).size()).sum();
  }

  private Expected expected(SubModel starter, SubModel target) {
    boolean whole = target.size() == manifest.chunks().size();
    Optional<Profile.Point> start = profile.best(starter);
    Optional<Profile.Point> end = profile.best(target);
    OptionalDouble agreement = whole ? OptionalDouble.of(1) : toDouble(end.map(Profile.Point::agreement));
    return new Expected(
        toDouble(start.map(Profile.Point::agreement)), agreement, end.map(Profile.Point::accuracy).orElse(OptionalDouble.empty()));
  }

  private static OptionalDouble toDouble(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  private String reason(Wishes wishes, SubModel target, SubModel have) {
    if (target.missingFrom(have).findAny().isEmpty()) {
      return "the device already holds it";
    }
    List<String> limits = new ArrayList<>();
    wishes.bits().ifPresent(bits -> limits.add(String.format(Locale.ROOT, "at most %.4g bits per weight", bits)));
    wishes.depth().ifPresent(depth -> limits.add("the first " + depth + " segments"));
    wishes.maxBytes().ifPresent(bytes -> limits.add("at most " + bytes + " bytes"));
    wishes.deadline().ifPresent(time -> limits.add(String.format(Locale.ROOT, "within %.3g s at the given rate", time.toNanos() * 1e-9)));
    String what = limits.isEmpty() ? "the whole reference was asked for" : "the largest sub-model with " + String.join(", ", limits);
    return have.size() == 0 ? what : what + "; only what is missing is sent";
  }

  private List<Refused> refusedFor(Wishes wishes, SubModel target) {
    List<Refused> refused = new ArrayList<>();
    if (target.size() < manifest.chunks().size()) {
      long whole = SubModel.of(manifest, wishes.depth().orElse(manifest.segments().size()), manifest.losslessGroup()).bytes();
      refused.add(new Refused("the lossless sub-model", whole + " bytes; the limits leave " + target.bytes()));
    }
    return refused;
  }
}
