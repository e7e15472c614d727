package dev.insitu.device;

import dev.insitu.device.Asking.Planned;
import dev.insitu.device.ContentLayout.Piece;
import dev.insitu.device.ModelRecord.Pending;
import dev.insitu.device.Progress.Step;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
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
  private final Asked asked;
  private final ModelRuntime runtime;
  private final Installer installer;
  private final Tracker tracker;
  private final TransferControl control;
  private final Tally tally;
  private final PlanClient client;
  private final Asking asking;
  private final Versions versions;
  private final Policies policies;
  private final Map<Digest, int[]> twins = new HashMap<>(); // chunks that occur more than once
  private Wishes wishes; // at which depth and width it is to run
  private @Nullable SignedPlan plan;
  private @Nullable ContentFetch fetch;
  private boolean streaming; // whether chunks go to the version that serves as they come
  private boolean planned; // whether a server was asked during this pull
  private boolean arranged; // whether it is known which chunks are to come
  private Optional<Assist> assist = Optional.empty(); // what a server may compute of it
  private OptionalLong memoryBytes = OptionalLong.empty(); // that the plan takes
  private boolean revised; // because there was not as much
  private boolean more; // whether there is more to fetch after this plan
  private boolean installed; // whether a plan was carried out to its end
  private boolean claimed = true; // whether a version in a weight file may count as held
  private Optional<String> rejected = Optional.empty();
  private long doneBefore; // bytes of plans that were given up during this pull

  Pull(
      DeviceContext device,
      ModelName name,
      Asked asked,
      ModelRuntime runtime,
      Installer installer,
      Tracker tracker,
      TransferControl control,
      Tally tally) {
    this.device = device;
    this.name = name;
    this.asked = asked;
    this.wishes = asked instanceof Asked.ByWishes by ? by.wishes() : Wishes.everything();
    this.runtime = runtime;
    this.installer = installer;
    this.tracker = tracker;
    this.control = control;
    this.tally = tally;
    this.client =
        new PlanClient(
            device.transport, device.options.server(), control.cancellation(), tally, device.link);
    this.asking = new Asking(device, name, asked, client, tally);
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
    do {
      more = false;
      ContentFetch current = fetch;
      if (current == null) {
        current = begin();
      }
      if (current != null) {
        carryOutWithinMemory(current);
        more |= asked.limit().isPresent() && !control.isExpired(); // the time that is left
      }
    } while (more);
    policies.fetch(client);
  }

  /** What turns out to take too much memory is exchanged for something smaller, once. */
  private void carryOutWithinMemory(ContentFetch begun) throws IOException {
    try {
      carryOut(begun);
    } catch (DeviceException e) {
      boolean may = asked.told().isPresent() && memoryBytes.isPresent() && !revised;
      if (e.reason() != DeviceException.Reason.OUT_OF_MEMORY || !may) {
        throw e;
      }
      revised = true;
      more = true;
      asking.memory(memoryBytes.getAsLong() / 2);
      forgetPlan();
      if (!runtime.answers()) {
        runtime.stop(); // it is put together anew, smaller
      }
    }
  }

  private void carryOut(ContentFetch begun) throws IOException {
    ContentFetch current = begun;
    boolean whole = false;
    while (!whole) {
      tracker.set(new ModelState.Downloading(), Step.FETCHING);
      try {
        current.run();
        whole = true;
      } catch (ReplannedException e) {
        leave(current);
        current = accept(e.next());
      }
    }
    Plan carried = requirePlan().plan();
    if (streaming) {
      runtime.announceAll();
    }
    tracker.set(new ModelState.Downloading(), Step.BUILDING);
    installer.install(carried, running());
    installed = true;
    current.close();
    fetch = null;
    plan = null;
  }

  private @Nullable ContentFetch begin() throws IOException {
    ModelRecord record = device.catalog.get(name);
    Optional<Pending> pending = record.pending().filter(left -> left.answers(asked) && !planned);
    if (pending.isPresent()) {
      SignedPlan next = pending.get().plan();
      next.require(device.options.trust());
      wishes = pending.get().wishes();
      assist = record.assist();
      plan = next;
      return open(next);
    }
    Planned next = ask(record);
    Plan offered = next.plan().plan();
    if (holdsAll(record, offered) || isElsewhere(next)) {
      wishes = next.wishes();
      assist = next.assist();
      if (!isElsewhere(next)) {
        changeDepth();
      }
      StorageException.guard(() ->
          device.catalog.update(
              name, some -> some.withPending(Optional.empty()).withAssist(assist), false));
      installed = true;
      return null;
    }
    if (PlanCheck.isRejected(name, offered, record)) {
      rejected = Optional.of(offered.version());
      return null;
    }
    PlanCheck.check(name, next.plan(), record, device.options);
    return accept(next);
  }

  /** Whether the server computes all of it, and nothing comes down. */
  private static boolean isElsewhere(Planned next) {
    return next.assist().filter(some -> some.before().equals(OptionalInt.of(0))).isPresent();
  }

  /** Goes by a plan from now on. */
  private ContentFetch accept(Planned next) throws IOException {
    makeRoom(next.plan().plan());
    Pending left = new Pending(next.wishes(), next.plan(), asked.told());
    StorageException.guard(() ->
        device.catalog.update(
            name, some -> some.withPending(Optional.of(left)).withAssist(next.assist()), false));
    wishes = next.wishes();
    assist = next.assist();
    plan = next.plan();
    memoryBytes = next.memoryBytes();
    return open(next.plan());
  }

  /** The depth that is wished for, as {@link Loaded#depth} takes it. */
  private int depth() {
    return running().depth().orElse(0);
  }

  /**
   * What runs in the end: a model that is divided is a whole one of which the last segments do not
   * come.
   */
  private Wishes running() {
    return isDivided() ? Wishes.everything() : wishes;
  }

  private boolean isDivided() {
    return assist.filter(some -> some.before().isPresent()).isPresent();
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
      installer.awaitComplete(changed.digest());
    }
  }

  private static boolean holdsAll(ModelRecord record, Plan plan) {
    return record.active().equals(Optional.of(plan.content().manifest()))
        && plan.chunkBytes() == 0
        && record.activeVersion().filter(VersionRecord::complete).isPresent();
  }

  private Planned ask(ModelRecord record) throws IOException {
    tracker.set(new ModelState.Downloading(), Step.PLANNING);
    Planned answer = asking.ask(held(record), runtime.answers(), runtime.serving());
    planned = true;
    answer.plan().require(device.options.trust());
    return answer;
  }

  /**
   * The link has changed, or is known at last: asks whether another plan suits it now. What is
   * fetched goes on if it is a part of that, and is left otherwise.
   */
  private void reconsider() throws IOException {
    Planned next;
    try {
      next = asking.ask(held(device.catalog.get(name)), runtime.answers(), runtime.serving());
      next.plan().require(device.options.trust());
    } catch (IOException | ElasticException e) {
      return; // there is a plan to go on with
    }
    Plan fresh = next.plan().plan();
    Plan going = requirePlan().plan();
    if (!fresh.content().manifest().equals(going.content().manifest())) {
      return; // a later version has its turn with the next pull
    }
    BitSet wanted = missing(fresh);
    BitSet left = missing(going);
    boolean sameShape = next.wishes().equals(wishes);
    if (sameShape && wanted.equals(left)) {
      return;
    }
    left.andNot(wanted);
    boolean sameWidth = next.wishes().width().equals(wishes.width());
    if (left.isEmpty() && sameWidth && next.wishes().depth().orElse(0) >= depth()) {
      more = true;
      return;
    }
    throw new ReplannedException(next);
  }

  /** The chunks of a plan that are not on the device. */
  private BitSet missing(Plan some) throws IOException {
    List<ChunkSpec> chunks = versions.body(some.content().manifest()).manifest().chunks();
    BitSet missing = Range.within(some.content().chunks(), chunks.size());
    missing.stream()
        .filter(i -> device.store.contains(chunks.get(i).digest()))
        .forEach(missing::clear);
    return missing;
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
    arranged = false;
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
    arranged = true;
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
        || !target.includes(base(loaded.manifest(), depth))
        || claimed && wasMisled(loaded, next)) {
      claimed = false;
      throw new AnswerException.PlanGone(
          "The plan for '" + name + "' builds on chunks that are not on the device.");
    }
  }

  /** Without which nothing of a depth runs; of a divided model there is no exit at the cut. */
  private SubModel base(Manifest manifest, int depth) {
    if (!isDivided()) {
      return SubModel.of(manifest, depth, 0);
    }
    IntStream tensors =
        manifest.segments().subList(0, depth).stream()
            .flatMap(segment -> segment.tensors().stream())
            .mapToInt(Integer::intValue);
    return SubModel.closureOf(
        manifest, tensors.flatMap(tensor -> manifest.lattice().chunksOf(tensor, 0)));
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
  public void progress() throws IOException {
    ContentFetch current = fetch;
    if (current == null) {
      return;
    }
    tracker.done(doneBefore + current.doneBytes(), control.bytesPerSecond());
    if (arranged && asked.told().isPresent()) {
      boolean changed = control.takeChange().isPresent();
      if (changed) {
        asking.linkChanged();
      }
      if (changed || asking.hasLearnt()) {
        reconsider();
      }
    }
  }

  /** The plan is of no use any more. */
  void forgetPlan() throws IOException {
    ContentFetch current = fetch;
    if (current != null) {
      leave(current);
    }
    plan = null;
    planned = true; // the plan on disk is not to be taken up again
  }

  private void leave(ContentFetch current) throws IOException {
    doneBefore += current.verifiedBytes();
    current.close();
    fetch = null;
  }

  /**
   * The time is over: what has arrived and can run is what stays.
   *
   * @return whether anything of what was asked for can run
   */
  boolean settle() throws IOException {
    SignedPlan last = plan;
    if (last == null || last.plan().content().difference()) {
      return installed;
    }
    Digest manifest = last.plan().content().manifest();
    boolean settled =
        versions.usableBody(manifest).isPresent() && installer.settle(manifest, running());
    return settled || installed || assist.filter(Assist::inputsMayLeave).isPresent();
  }

  /** Lets go of files; what has arrived stays. */
  void close() throws IOException {
    if (fetch != null) {
      fetch.close();
      fetch = null;
    }
  }
}
