package dev.insitu.device;

import dev.insitu.device.ContentLayout.Piece;
import dev.insitu.device.ModelRecord.Pending;
import dev.insitu.device.Progress.Step;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One pull of a model, from the question what to send to the version that serves. Goes on with the
 * plan that an earlier pull, or an earlier process, left behind. For one thread.
 */
final class Pull implements ContentFetch.Events {

  private final DeviceContext device;
  private final ModelName name;
  private final Wishes wishes;
  private final ModelRuntime runtime;
  private final Installer installer;
  private final Tracker tracker;
  private final TransferControl control;
  private final Tally tally;
  private final PlanClient client;
  private final Versions versions;
  private final Policies policies;
  private final Map<Digest, int[]> twins = new HashMap<>(); // chunks that occur more than once
  private @Nullable SignedPlan plan;
  private @Nullable ContentFetch fetch;
  private boolean streaming; // whether chunks go to the version that serves as they come
  private boolean planned; // whether a server was asked during this pull
  private boolean claimed = true; // whether a version in a weight file may count as held
  private Optional<String> rejected = Optional.empty();
  private long doneBefore; // bytes of plans that were given up during this pull

  Pull(
      DeviceContext device,
      ModelName name,
      Wishes wishes,
      ModelRuntime runtime,
      Installer installer,
      Tracker tracker,
      TransferControl control,
      Tally tally) {
    this.device = device;
    this.name = name;
    this.wishes = wishes;
    this.runtime = runtime;
    this.installer = installer;
    this.tracker = tracker;
    this.control = control;
    this.tally = tally;
    this.client =
        new PlanClient(device.transport, device.options.server(), control.cancellation(), tally);
    this.versions = new Versions(device);
    this.policies = new Policies(device, name, runtime);
  }

  /** Whether what the device has now is what the server had when it was asked during this pull. */
  boolean planned() {
    return planned;
  }

  /** The version the server has, if it failed on this device before. */
  Optional<String> rejected() {
    return rejected;
  }

  /** Does all that is left to do. Can be called again after a failure. */
  void run() throws IOException {
    ContentFetch current = fetch;
    if (current == null) {
      current = begin();
    }
    if (current == null) {
      policies.fetch(client);
      return; // there is nothing else to fetch
    }
    tracker.set(new ModelState.Downloading(), Step.FETCHING);
    current.run();
    Plan carried = requirePlan().plan();
    if (streaming) {
      runtime.announceAll();
    }
    tracker.set(new ModelState.Downloading(), Step.BUILDING);
    installer.install(carried, wishes);
    current.close();
    fetch = null;
    plan = null;
    policies.fetch(client);
  }

  private @Nullable ContentFetch begin() throws IOException {
    ModelRecord record = device.catalog.get(name);
    Optional<Pending> pending = record.pending();
    SignedPlan next;
    if (pending.isPresent() && pending.get().wishes().equals(wishes) && !planned) {
      next = pending.get().plan();
      next.require(device.options.trust());
    } else {
      next = ask(record);
      if (holdsAll(record, next.plan())) {
        changeDepth();
        dropPending();
        return null;
      }
      if (PlanCheck.isRejected(name, next.plan(), record)) {
        rejected = Optional.of(next.plan().version());
        return null;
      }
      PlanCheck.check(name, next, record, device.options);
      makeRoom(next.plan());
      Pending left = new Pending(wishes, next);
      StorageException.guard(
          () -> device.catalog.update(name, some -> some.withPending(Optional.of(left)), false));
    }
    plan = next;
    return open(next);
  }

  /** The depth that is wished for, as {@link Loaded#depth} takes it. */
  private int depth() {
    return wishes.depth().orElse(0);
  }

  /** Lets what serves, all of which is there, run at the depth and width wished for now. */
  private void changeDepth() throws IOException {
    Optional<Loaded> serving = runtime.serving();
    if (serving.isEmpty()) {
      return;
    }
    int width = PlanMaker.widthOf(serving.get().manifest(), wishes).width();
    if (width != serving.get().manifest().width()) {
      installer.changeWidth(serving.get().withWidth(width).withDepth(depth()));
      return;
    }
    Loaded changed = serving.get().withDepth(depth());
    if (changed.depth() != serving.get().depth()) {
      SubModel there = changed.usable();
      StorageException.guard(() ->
          changed.inFile() ? installer.setDepth(changed) : installer.register(changed, there));
      runtime.expect(changed, there, there);
    }
  }

  private void dropPending() throws IOException {
    StorageException.guard(
        () -> device.catalog.update(name, some -> some.withPending(Optional.empty()), false));
  }

  private static boolean holdsAll(ModelRecord record, Plan plan) {
    return record.active().equals(Optional.of(plan.content().manifest()))
        && plan.chunkBytes() == 0
        && record.activeVersion().filter(VersionRecord::complete).isPresent();
  }

  private SignedPlan ask(ModelRecord record) throws IOException {
    tracker.set(new ModelState.Downloading(), Step.PLANNING);
    Optional<Held> held = held(record);
    Wishes asked = held.map(wishes::withHeld).orElse(wishes);
    SignedPlan answer = client.plan(name, asked);
    planned = true;
    answer.require(device.options.trust());
    return answer;
  }

  /**
   * What is on the device: of a version that is arriving if there is one, else of the one that
   * serves.
   */
  private Optional<Held> held(ModelRecord record) throws IOException {
    Optional<VersionRecord> arriving =
        record
            .pending()
            .filter(pending -> !pending.plan().plan().content().difference())
            .flatMap(pending -> record.version(pending.manifest()));
    Optional<VersionRecord> version = arriving.or(record::activeVersion);
    return version.isPresent() ? versions.held(version.get(), claimed) : Optional.empty();
  }

  private void makeRoom(Plan next) throws IOException {
    device.catalog.makeRoom(next.bytes(), device.options.byteBudget());
    long free = device.options.directory().toFile().getUsableSpace();
    if (free < next.bytes()) {
      throw new StorageException(
          new IOException(next.bytes() + " bytes are to come: No space left for them"));
    }
  }

  private ContentFetch open(SignedPlan signed) throws IOException {
    Plan next = signed.plan();
    Digest digest = next.content().manifest();
    ContentStream stream =
        new ContentStream(
            device.transport,
            client.content(next),
            '"' + next.id().hex() + '"',
            next.bytes(),
            control,
            tally);
    ManifestInflow manifestIn =
        StorageException.guard(
            () -> new ManifestInflow(device.catalog.directory(name), next, device.gate));
    ContentFetch opened =
        new ContentFetch(next, stream, device.store, manifestIn, () -> base(next), this, tally);
    fetch = opened;
    tracker.version(next.version());
    Optional<ManifestCodec.Body> known = versions.usableBody(digest);
    if (known.isPresent()) {
      Manifest manifest = known.get().manifest();
      opened.useManifest(manifest);
      arriving(manifest);
    } else if (next.content().form() == ManifestForm.HELD) {
      throw new AnswerException.PlanGone("The manifest that the plan builds on is gone.");
    }
    tracker.total(doneBefore + opened.totalBytes());
    progress();
    return opened;
  }

  private ManifestCodec.@Nullable Body base(Plan next) throws IOException {
    if (next.content().form() != ManifestForm.PATCH) {
      return null;
    }
    return versions.body(next.content().base().orElseThrow());
  }

  private SignedPlan requirePlan() {
    if (plan == null) {
      throw new IllegalStateException("There is no plan");
    }
    return plan;
  }

  @Override
  public void manifest(ManifestCodec.Body body, Manifest manifest, byte[] bytes)
      throws IOException {
    SignedPlan signed = requirePlan();
    PlanCheck.checkManifest(name, manifest);
    boolean whole = signed.plan().content().form() == ManifestForm.WHOLE;
    byte[] kept = whole ? bytes : ManifestCodec.whole(body);
    StorageException.guard(() -> {
      device.manifests.save(body.digest(), kept, signed.signatures());
      return true;
    });
    arriving(manifest);
  }

  /** The manifest is known: from now on chunks go where they belong as they come. */
  private void arriving(Manifest whole) throws IOException {
    Manifest manifest = PlanMaker.widthOf(whole, wishes);
    Plan next = requirePlan().plan();
    Digest digest = next.content().manifest();
    findTwins(manifest);
    streaming = false;
    if (next.content().difference()) {
      return;
    }
    Optional<Loaded> serving = runtime.serving();
    boolean version = serving.filter(some -> some.digest().equals(digest)).isPresent();
    boolean same = version && serving.get().manifest().width() == manifest.width();
    Loaded loaded =
        same ? serving.get().withDepth(depth()) : versions.of(digest, manifest, depth());
    if (version && serving.get().inFile()) {
      return;
    }
    requireClosed(loaded, next);
    if (version && !same) {
      return; // it serves at its width until all is there
    }
    SubModel target = Versions.target(loaded, next);
    StorageException.guard(() -> installer.register(loaded, target));
    if (same) {
      runtime.expect(loaded, Versions.starter(loaded, next), target);
      streaming = true;
    } else if (serving.isEmpty()) {
      installer.startArriving(loaded, Versions.starter(loaded, next), target);
      streaming = true;
    }
  }

  /**
   * A plan may build on chunks that a version in a weight file does not have as chunks, though it
   * was said to hold them for the sake of a difference: then they are asked for.
   */
  private void requireClosed(Loaded loaded, Plan next) throws IOException {
    SubModel target = Versions.target(loaded, next);
    boolean closed =
        target.indices().filter(i -> !isPlanned(next, i)).allMatch(i -> isHeld(loaded, i));
    int depth =
        Math.min(
            wishes.depth().orElse(loaded.manifest().segments().size()),
            loaded.manifest().segments().size());
    if (!closed
        || !target.includes(SubModel.of(loaded.manifest(), depth, 0))
        || claimed && wasMisled(loaded, next)) {
      claimed = false;
      throw new AnswerException.PlanGone(
          "The plan for '" + name + "' builds on chunks that are not on the device.");
    }
  }

  private static boolean isHeld(Loaded loaded, int chunk) {
    return loaded.held().test(loaded.manifest().chunks().get(chunk).digest());
  }

  /**
   * Whether the plan leaves chunks out because the version that serves was said to hold them, which
   * it does not.
   */
  private boolean wasMisled(Loaded loaded, Plan next) throws IOException {
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
        .anyMatch(i -> !isPlanned(next, i) && !isHeld(loaded, i));
  }

  private static boolean isPlanned(Plan next, int chunk) {
    return next.content().chunks().stream()
        .anyMatch(range -> range.from() <= chunk && chunk < range.to());
  }

  private void findTwins(Manifest manifest) {
    Map<Digest, Integer> first = new HashMap<>();
    twins.clear();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      Integer other = first.putIfAbsent(manifest.chunks().get(i).digest(), i);
      if (other != null) {
        twins.merge(manifest.chunks().get(i).digest(), new int[] {other, i}, Pull::union);
      }
    }
  }

  private static int[] union(int[] some, int[] more) {
    return IntStream.concat(Arrays.stream(some), Arrays.stream(more)).distinct().toArray();
  }

  @Override
  public void chunk(Piece piece) {
    if (!streaming) {
      return;
    }
    runtime.arrived(piece.chunk());
    for (int twin : twins.getOrDefault(piece.digest(), new int[0])) {
      runtime.arrived(twin);
    }
  }

  @Override
  public void progress() {
    ContentFetch current = fetch;
    if (current != null) {
      tracker.done(doneBefore + current.doneBytes(), control.bytesPerSecond());
    }
  }

  /** The plan is of no use any more. */
  void forgetPlan() throws IOException {
    ContentFetch current = fetch;
    if (current != null) {
      doneBefore += current.verifiedBytes();
      current.close();
      fetch = null;
    }
    plan = null;
    planned = true; // the plan on disk is not to be taken up again
  }

  /** Lets go of files; what has arrived stays. */
  void close() throws IOException {
    if (fetch != null) {
      fetch.close();
      fetch = null;
    }
  }
}
