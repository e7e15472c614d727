package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.FaultServer.Fault;
import dev.insitu.device.TransferRule.Transfer;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plans and their content over a real socket, with everything that can go wrong on the way. */
@Timeout(60)
class ContentFetchTest {

  private static final TestPackage PACKAGE = TestPackage.random("chain", "1.0", 12, 160, 7);

  @TempDir Path directory;
  private FaultServer server;
  private ChunkStore store;

  @BeforeEach
  void start() throws IOException {
    server = new FaultServer();
    server.publish(PACKAGE);
    store = ChunkStore.open(directory.resolve("chunks"));
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
    server.close();
  }

  /** One device's transfer, without a runtime. */
  private final class Device
      implements TransferLoop.Attempt, TransferLoop.Watcher, ContentFetch.Events, AutoCloseable {
    final Tally tally = new Tally();
    final List<Integer> arrived = new ArrayList<>();
    final List<String> reasons = new ArrayList<>();
    final URI address;
    final OkHttpTransport transport;
    TransferRule rule = TransferRule.ALWAYS;
    RateFloor floor = RateFloor.DEFAULT;
    Ticker ticker = Ticker.SYSTEM;
    Wishes wishes = Wishes.everything();
    DeviceException.Reason failed;
    final LinkMeter link = new LinkMeter();
    TransferControl control;
    private Manifest manifest;
    private SignedPlan plan;
    private ContentFetch fetch;

    Device() {
      this(server.uri(), new OkHttpClient());
    }

    Device(URI address, OkHttpClient settings) {
      this.address = address;
      this.transport = new OkHttpTransport(settings, Duration.ofSeconds(2), Duration.ofMillis(400));
    }

    boolean pull() throws IOException {
      control =
          new TransferControl("chain", asked -> rule.refusal(asked), floor, ticker, () -> 0, link);
      RetryPolicy policy = new RetryPolicy(Duration.ofMillis(5), Duration.ofMillis(40), 2, 0.5, 50);
      return new TransferLoop(control, policy, new Random(1), transport, directory, this).run(this);
    }

    @Override
    public void attempt() throws IOException {
      PlanClient client = new PlanClient(transport, address, control.cancellation(), tally, link);
      if (plan == null) {
        plan = client.plan(ModelName.parse("chain"), wishes);
        ContentStream stream =
            new ContentStream(
                transport,
                client.content(plan.plan()),
                '"' + plan.plan().id().hex() + '"',
                plan.plan().bytes(),
                control,
                tally);
        fetch =
            new ContentFetch(
                plan.plan(),
                stream,
                store,
                new ManifestInflow(directory, plan.plan(), StoreGate.OPEN),
                () -> null,
                this,
                tally);
        if (manifest != null) {
          fetch.useManifest(manifest);
        }
      }
      fetch.run();
    }

    @Override
    public void forgetPlan() throws IOException {
      close();
      plan = null;
    }

    @Override
    public void manifest(ManifestCodec.Body body, Manifest some, byte[] bytes) {
      manifest = some;
    }

    @Override
    public void chunk(ContentLayout.Piece piece) {
      arrived.add(piece.chunk());
    }

    @Override
    public void progress() {}

    @Override
    public void going() {}

    @Override
    public void waiting(String reason) {
      reasons.add(reason);
    }

    @Override
    public void failed(DeviceException.Reason reason, String message, boolean again) {
      failed = reason;
      reasons.add(message);
    }

    @Override
    public void close() throws IOException {
      if (fetch != null) {
        fetch.close();
        fetch = null;
      }
    }
  }

  private void assertComplete() throws IOException {
    for (ChunkSpec chunk : PACKAGE.manifest.chunks()) {
      ByteBuffer expected = PACKAGE.read(chunk.digest(), chunk.size());
      assertEquals(expected, store.read(chunk.digest(), chunk.size()));
    }
  }

  private static long total() {
    return PACKAGE.manifestBytes.length + PACKAGE.manifest.chunkBytes();
  }

  @Test
  void aPlainPullReadsEveryByteOnce() throws IOException {
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().received());
      assertEquals(total(), device.tally.counters().useful());
      assertEquals(List.of(""), server.ranges());
      assertEquals(PACKAGE.manifest.chunks().size(), device.arrived.size());
    }
  }

  @Test
  void cutsAnywhereRepeatNoByte() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10; i++) {
      server.onContent(new Fault.CutAfter(random.nextInt(150_000)));
    }
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      TransferCounters counters = device.tally.counters();
      assertEquals(total(), counters.received(), "seed " + seed);
      assertEquals(0, counters.repeated(), "seed " + seed);
      assertEquals(0, counters.lost(), "seed " + seed);
      assertEquals(11, server.ranges().size(), "seed " + seed);
    }
  }

  @Test
  void aCutInTheManifestRepeatsNoByte() throws IOException {
    server.onContent(new Fault.CutAfter(10), new Fault.CutAfter(100), new Fault.CutAfter(0));
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().received());
    }
  }

  @Test
  void aSilentConnectionIsReplaced() throws IOException {
    server.onContent(new Fault.StallAfter(200_000));
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().received());
      assertEquals(2, server.ranges().size());
    }
  }

  @Test
  void anAnswerWithEverythingToARangeIsReadOver() throws IOException {
    server.onContent(new Fault.CutAfter(300_000), new Fault.IgnoreRange());
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      TransferCounters counters = device.tally.counters();
      assertEquals(total(), counters.useful());
      assertEquals(300_000, counters.repeated());
    }
  }

  @Test
  void contentThatChangedIsPlannedAnew() throws IOException {
    server.onContent(new Fault.CutAfter(300_000), new Fault.OtherTag());
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(2, server.planRequests.size());
      assertEquals(0, device.tally.counters().lost());
    }
  }

  @Test
  void aRestartedServerIsAskedForANewPlan() throws IOException {
    server.rate = 3_000_000;
    Thread restarting =
        new Thread(() -> {
          Eventually.pause(150);
          server.restart();
        });
    restarting.start();
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(2, server.planRequests.size());
      // the second plan was for everything, as nothing was said to be held: only the rest was read
      assertEquals(total(), device.tally.counters().received());
    }
  }

  @Test
  void aBusyServerIsAskedAgain() throws IOException {
    server.onPlan(
        new Fault.Status(429, "Retry-After: 0"),
        new Fault.Status(500, "X: y"),
        new Fault.Status(503, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"));
    server.onContent(
        new Fault.Status(502, "X: y"), new Fault.CutAfter(50_000), new Fault.Status(429, "X: y"));
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().received());
      assertTrue(device.reasons.get(0).contains("429"), device.reasons.get(0));
    }
  }

  @Test
  void aRefusalIsNotRepeated() throws IOException {
    server.onPlan(new Fault.Status(403, "X: y"));
    try (Device device = new Device()) {
      assertFalse(device.pull());
      assertEquals(DeviceException.Reason.SERVER, device.failed);
    }
  }

  @Test
  void aFlippedBitCostsOneChunk() throws IOException {
    AtomicInteger left = new AtomicInteger(1);
    server.corruption =
        (position, value) ->
            position == 500_000 && left.getAndDecrement() > 0 ? (byte) (value ^ 8) : value;
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      TransferCounters counters = device.tally.counters();
      assertEquals(PACKAGE.manifest.chunks().get(0).size(), counters.lost());
      assertEquals(total(), counters.useful());
      assertEquals(2, server.ranges().size());
    }
  }

  @Test
  void aChunkThatStaysWrongIsGivenUp() throws IOException {
    server.corruption = (position, value) -> position == 500_000 ? (byte) (value ^ 8) : value;
    try (Device device = new Device()) {
      assertFalse(device.pull());
      assertEquals(DeviceException.Reason.CORRUPT, device.failed);
      assertEquals(3, server.ranges().size());
    }
  }

  @Test
  void aFlippedBitInTheManifestCostsTheManifest() throws IOException {
    AtomicInteger left = new AtomicInteger(1);
    server.corruption =
        (position, value) ->
            position == 700 && left.getAndDecrement() > 0 ? (byte) (value ^ 8) : value;
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().useful());
      assertEquals(PACKAGE.manifestBytes.length, device.tally.counters().lost());
    }
  }

  @Test
  void aBodyWithoutEndIsLeftAtThePlansEnd() throws IOException {
    server.onContent(new Fault.Endless());
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().received());
    }
  }

  @Test
  void aPlanWithoutEndIsRefused() throws IOException {
    server.onPlan(new Fault.Body(" ".repeat(17 << 20)));
    try (Device device = new Device()) {
      assertFalse(device.pull());
      assertEquals(DeviceException.Reason.SERVER, device.failed);
      assertTrue(device.tally.counters().other() <= (16 << 20) + 8192);
    }
  }

  @Test
  void aPartThatWasNotAskedForIsRefused() throws IOException {
    server.onContent(new Fault.CutAfter(300_000), new Fault.WrongRange());
    try (Device device = new Device()) {
      assertFalse(device.pull());
      assertEquals(DeviceException.Reason.SERVER, device.failed);
    }
  }

  @Test
  void contentThatDripsIsLeftForAnotherAttempt() throws IOException {
    server.rate = 2000;
    try (Device device = new Device()) {
      device.floor = new RateFloor(50_000, Duration.ofMillis(200));
      Thread faster =
          new Thread(() -> {
            Eventually.until(() -> server.ranges().size() >= 2);
            server.rate = 0;
          });
      faster.start();
      assertTrue(device.pull());
      assertComplete();
      assertTrue(device.reasons.get(0).contains("slowly"), device.reasons.toString());
      assertEquals(total(), device.tally.counters().received());
    }
  }

  @Test
  void aRuleHoldsTheTransferAndLetsItGoOn() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    List<Transfer> transfers = new ArrayList<>();
    try (Device device = new Device()) {
      device.rule =
          transfer -> {
            transfers.add(transfer);
            return asked.incrementAndGet() <= 2
                ? Optional.of("The link is metered")
                : Optional.empty();
          };
      Thread waking =
          new Thread(() -> {
            Eventually.until(() -> {
              if (device.control != null) {
                device.control.wake();
              }
              return asked.get() >= 3;
            });
          });
      waking.start();
      assertTrue(device.pull());
      assertComplete();
      assertEquals("The link is metered", device.reasons.get(0));
      assertEquals("chain", transfers.get(0).model());
    }
  }

  @Test
  void timeThatJumpsHurtsNothing() throws IOException {
    Random random = new Random(3);
    server.rate = 3_000_000;
    try (Device device = new Device()) {
      device.ticker = () -> System.nanoTime() + (random.nextLong() >> 1);
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total(), device.tally.counters().received());
      assertTrue(device.control.bytesPerSecond() >= 0);
    }
  }

  @Test
  void whatOtherModelsBroughtIsNotFetchedAgain() throws IOException {
    try (ChunkInflow inflow = store.openInflow()) {
      for (int i = 3; i < 9; i++) {
        byte[] chunk = PACKAGE.chunk(i);
        inflow.begin(PACKAGE.manifest.chunks().get(i).digest(), chunk.length);
        inflow.append(chunk, 0, chunk.length);
        assertTrue(inflow.finish());
      }
    }
    long held = 0;
    for (int i = 3; i < 9; i++) {
      held += PACKAGE.chunk(i).length;
    }
    try (Device device = new Device()) {
      assertTrue(device.pull());
      assertComplete();
      assertEquals(total() - held, device.tally.counters().useful());
      assertTrue(device.tally.counters().repeated() <= 65_536);
    }
  }

  /** The port stays taken: a server of somebody else's could answer from a free one. */
  @Test
  void aConnectionThatIsRefusedIsAReasonToWait() throws IOException {
    try (Socket taken = new Socket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertWaits(URI.create("http://127.0.0.1:" + taken.getLocalPort()), new OkHttpClient());
    }
  }

  @Test
  void anUnknownHostIsAReasonToWait() throws IOException {
    Dns nobody =
        host -> {
          throw new UnknownHostException(host);
        };
    assertWaits(
        URI.create("http://nowhere.invalid"), new OkHttpClient.Builder().dns(nobody).build());
  }

  private void assertWaits(URI address, OkHttpClient settings) throws IOException {
    try (Device device = new Device(address, settings)) {
      assertFalse(device.pull());
      assertEquals(DeviceException.Reason.NETWORK, device.failed);
      assertTrue(device.reasons.size() > 10, device.reasons.size() + " waits");
      assertThrows(IOException.class, this::assertComplete);
    }
  }
}
