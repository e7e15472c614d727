package dev.insitu.device;

import dev.insitu.device.Asking.Planned;
import dev.insitu.device.ContentLayout.Piece;
import dev.insitu.device.ModelRecord.Pending;
import dev.insitu.device.Progress.Step;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.PlanMaker;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
  private final Holdings holdings;
  private final Policies policies;
  private final Map<Digest, int[]> twins = new HashMap<>(); // chunks that occur more than once
  private @Nullable Planned plan;
  private @Nullable ContentFetch fetch;
  private boolean streaming; // whether chunks go to the version that serves as they come
  private boolean planned; // whether a server was asked during this pull
  private boolean arranged; // whether it is known which chunks are to come
  private boolean revised; // because there was not as much memory as the plan takes
  private boolean more; // whether there is more to fetch after this plan
  private boolean installed; // whether a plan was carried out to its end
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
    this.holdings = new Holdings(device, name);
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
      OptionalLong memoryBytes = requirePlan().memoryBytes();
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
    Planned carried = requirePlan();
    if (streaming) {
      runtime.announceAll();
    }
    tracker.set(new ModelState.Downloading(), Step.BUILDING);
    installer.install(carried.plan().plan(), carried.running());
    installed = true;
    current.close();
    fetch = null;
    plan = null;
  }

  private @Nullable ContentFetch begin() throws IOException {
    ModelRecord record = device.catalog.get(name);
    Optional<Pending> pending = record.pending().filter(left -> left.answers(asked) && !planned);
    if (pending.isPresent()) {
      Pending left = pending.get();
      left.plan().require(device.options.trust());
      return open(new Planned(left.plan(), left.wishes(), OptionalLong.empty(), record.assist()));
    }
    Planned next = ask();
    Plan offered = next.plan().plan();
    if (holdings.includeAll(offered) || next.isElsewhere()) {
      if (!next.isElsewhere()) {
        changeDepth(next);
      }
      StorageException.guard(() ->
          device.catalog.update(
              name, some -> some.withPending(Optional.empty()).withAssist(next.assist()), false));
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

  /** Goes by a plan from now on. */
  private ContentFetch accept(Planned next) throws IOException {
    makeRoom(next.plan().plan());
    Pending left = new Pending(next.wishes(), next.plan(), asked.told());
    StorageException.guard(() ->
        device.catalog.update(
            name, some -> some.withPending(Optional.of(left)).withAssist(next.assist()), false));
    return open(next);
  }

  /** Lets what serves, all of which is there, run at the depth and width wished for now. */
  private void changeDepth(Planned next) throws IOException {
    Optional<Loaded> serving = runtime.serving();
    if (serving.isEmpty()) {
      return;
    }
    int width = PlanMaker.widthOf(serving.get().manifest(), next.wishes()).width();
    if (width != serving.get().manifest().width()) {
      installer.changeWidth(serving.get().withWidth(width).withDepth(next.depth()));
      return;
    }
    Loaded changed = serving.get().withDepth(next.depth());
    if (changed.depth() != serving.get().depth()) {
      SubModel there = changed.usable();
      StorageException.guard(() ->
          changed.inFile() ? installer.setDepth(changed) : installer.register(changed, there));
      runtime.expect(changed, there, there);
      installer.awaitComplete(changed.digest());
    }
  }

  private Planned ask() throws IOException {
    tracker.set(new ModelState.Downloading(), Step.PLANNING);
    Planned answer = asking.ask(holdings.held(), runtime.answers(), runtime.serving());
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
      next = asking.ask(holdings.held(), runtime.answers(), runtime.serving());
      next.plan().require(device.options.trust());
    } catch (IOException | ElasticException e) {
      return; // there is a plan to go on with
    }
    Planned current = requirePlan();
    Plan fresh = next.plan().plan();
    Plan going = current.plan().plan();
    if (!fresh.content().manifest().equals(going.content().manifest())) {
      return; // a later version has its turn with the next pull
    }
    BitSet wanted = holdings.missing(fresh);
    BitSet left = holdings.missing(going);
    boolean sameShape = next.wishes().equals(current.wishes());
    if (sameShape && wanted.equals(left)) {
      return;
    }
    left.andNot(wanted);
    boolean sameWidth = next.wishes().width().equals(current.wishes().width());
    if (left.isEmpty() && sameWidth && next.wishes().depth().orElse(0) >= current.depth()) {
      more = true;
      return;
    }
    throw new ReplannedException(next);
  }

  private void makeRoom(Plan next) throws IOException {
    device.catalog.makeRoom(next.bytes(), device.options.byteBudget());
    long free = device.options.directory().toFile().getUsableSpace();
    if (free < next.bytes()) {
      throw new StorageException(
          new IOException(next.bytes() + " bytes are to come: No space left for them"));
    }
  }

  private ContentFetch open(Planned planned) throws IOException {
    plan = planned;
    Plan next = planned.plan().plan();
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

  private Planned requirePlan() {
    if (plan == null) {
      throw new IllegalStateException("There is no plan");
    }
    return plan;
  }

  @Override
  public void manifest(ManifestCodec.Body body, Manifest manifest, byte[] bytes)
      throws IOException {
    SignedPlan signed = requirePlan().plan();
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
    Planned planned = requirePlan();
    Manifest manifest = PlanMaker.widthOf(whole, planned.wishes());
    Plan next = planned.plan().plan();
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
        same
            ? serving.get().withDepth(planned.depth())
            : versions.of(digest, manifest, planned.depth());
    if (version && serving.get().inFile()) {
      return;
    }
    holdings.requireClosed(loaded, planned);
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
    Planned last = plan;
    if (last == null || last.plan().plan().content().difference()) {
      return installed;
    }
    Digest manifest = last.plan().plan().content().manifest();
    boolean settled =
        versions.usableBody(manifest).isPresent() && installer.settle(manifest, last.running());
    return settled || installed || last.assist().filter(Assist::inputsMayLeave).isPresent();
  }

  /** Lets go of files; what has arrived stays. */
  void close() throws IOException {
    if (fetch != null) {
      fetch.close();
      fetch = null;
    }
  }
}
