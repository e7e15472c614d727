package dev.insitu.device;

import dev.insitu.device.Asking.Planned;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** What a pull has of its model on the device, against what plans bring. For the pull's thread. */
final class Holdings {

  private final DeviceContext device;
  private final ModelName name;
  private final Versions versions;
  private boolean claimed = true; // whether a version in a weight file may count as held

  Holdings(DeviceContext device, ModelName name) {
    this.device = device;
    this.name = name;
    this.versions = new Versions(device);
  }

  /** Whether the version that serves is complete, and a plan brings nothing but that. */
  boolean includeAll(Plan plan) {
    ModelRecord record = device.catalog.get(name);
    return record.active().equals(Optional.of(plan.content().manifest()))
        && plan.chunkBytes() == 0
        && record.activeVersion().filter(VersionRecord::complete).isPresent();
  }

  /**
   * What a server is told: of a version that is arriving if there is one, else of the one that
   * serves.
   */
  Optional<Held> held() throws IOException {
    ModelRecord record = device.catalog.get(name);
    Optional<VersionRecord> arriving =
        record
            .pending()
            .filter(pending -> !pending.plan().plan().content().difference())
            .flatMap(pending -> record.version(pending.manifest()));
    Optional<VersionRecord> version = arriving.or(record::activeVersion);
    return version.isPresent() ? versions.held(version.get(), claimed) : Optional.empty();
  }

  /** The chunks of a plan that are not on the device. */
  BitSet missing(Plan plan) throws IOException {
    List<ChunkSpec> chunks = versions.body(plan.content().manifest()).manifest().chunks();
    BitSet missing = Range.within(plan.content().chunks(), chunks.size());
    missing.stream()
        .filter(i -> device.store.contains(chunks.get(i).digest()))
        .forEach(missing::clear);
    return missing;
  }

  /**
   * Checks that what a plan leaves out is here. It may build on chunks that a version in a weight
   * file does not have as chunks, though it was said to hold them for the sake of a difference:
   * then they are asked for.
   *
   * @throws AnswerException.PlanGone if something is not
   */
  void requireClosed(Loaded loaded, Planned planned) throws IOException {
    Plan plan = planned.plan().plan();
    SubModel target = Versions.target(loaded, plan);
    boolean closed =
        target.indices().filter(i -> !isPlanned(plan, i)).allMatch(i -> isHeld(loaded, i));
    if (!closed
        || !target.includes(base(loaded.manifest(), planned))
        || claimed && wasMisled(loaded, plan)) {
      claimed = false;
      throw new AnswerException.PlanGone(
          "The plan for '" + name + "' builds on chunks that are not on the device.");
    }
  }

  /** Without which nothing of a plan runs; of a divided model there is no exit at the cut. */
  private static SubModel base(Manifest manifest, Planned planned) {
    int all = manifest.segments().size();
    int depth = Math.min(planned.wishes().depth().orElse(all), all);
    if (!planned.isDivided()) {
      return SubModel.of(manifest, depth, 0);
    }
    IntStream tensors =
        manifest.segments().subList(0, depth).stream()
            .flatMap(segment -> segment.tensors().stream())
            .mapToInt(Integer::intValue);
    return SubModel.closureOf(
        manifest, tensors.flatMap(tensor -> manifest.lattice().chunksOf(tensor, 0)));
  }

  /**
   * Whether the plan leaves chunks out because the version that serves was said to hold them, which
   * it does not.
   */
  private boolean wasMisled(Loaded loaded, Plan plan) throws IOException {
    Optional<VersionRecord> active = device.catalog.get(name).activeVersion();
    if (active.filter(VersionRecord::inFile).isEmpty()) {
      return false;
    }
    Optional<ManifestCodec.Body> body = versions.usableBody(active.get().manifest());
    if (body.isEmpty()) {
      return false;
    }
    Set<Digest> said = new HashSet<>();
    body.get().manifest().chunks().forEach(chunk -> said.add(chunk.digest()));
    return IntStream.range(0, loaded.manifest().chunks().size())
        .filter(i -> said.contains(loaded.manifest().chunks().get(i).digest()))
        .anyMatch(i -> !isPlanned(plan, i) && !isHeld(loaded, i));
  }

  private static boolean isHeld(Loaded loaded, int chunk) {
    return loaded.held().test(loaded.manifest().chunks().get(chunk).digest());
  }

  private static boolean isPlanned(Plan plan, int chunk) {
    return plan.content().chunks().stream()
        .anyMatch(range -> range.from() <= chunk && chunk < range.to());
  }
}
