package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShapedLinkTest {
  private static final LinkProfile FAST = LinkProfile.constant(200_000_000, Duration.ZERO);

  private PatternServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = PatternServer.onLoopback();
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @Test
  void carriesEveryByteInOrderWithJitter() throws Exception {
    LinkProfile jittery =
        LinkProfile.constant(50_000_000, Duration.ofMillis(3)).withJitter(Duration.ofMillis(4), 1);
    try (ShapedLink link = link().down(jittery).up(jittery).open();
        PatternClient client = new PatternClient(link.address())) {
      client.ask(0, 1_000_000);
      assertEquals(1_000_000, client.receive(0, 1_000_000));
      // The client may have read bytes that are counted a moment later.
      while (link.counters().down().inside() != 0) {
        Thread.sleep(5);
      }
      assertEquals(new LaneCounters(1_000_000, 1_000_000, 0), link.counters().down());
      assertEquals(new LaneCounters(16, 16, 0), link.counters().up());
      assertEquals(1, link.counters().connections());
    }
  }

  @Test
  void carriesBytesToTheServerToo() throws Exception {
    byte[] sent = new byte[300_000];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = PatternServer.at(i);
    }
    try (ShapedLink link = link().down(FAST).up(FAST).open();
        PatternClient client = new PatternClient(link.address())) {
      client.ask(0, -sent.length);
      Thread writer =
          Threads.daemon(
              "writer",
              () -> {
                try {
                  client.socket().getOutputStream().write(sent);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      writer.start();
      assertArrayEquals(sent, client.socket().getInputStream().readNBytes(sent.length));
      writer.join();
    }
  }

  /** That it is not slower either depends on the machine: see {@link GoodputTable}. */
  @Test
  void isNeverFasterThanItsRate() throws Exception {
    LinkProfile slow = LinkProfile.constant(4_000_000, Duration.ZERO);
    try (ShapedLink link = link().down(slow).open();
        PatternClient client = new PatternClient(link.address())) {
      long start = System.nanoTime();
      client.ask(0, 200_000);
      assertEquals(200_000, client.receive(0, 200_000));
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(400).toNanos());
    }
  }

  @Test
  void followsItsTrace() throws Exception {
    RateTrace.Step on = new RateTrace.Step(Duration.ofMillis(100), 8_000_000);
    RateTrace.Step off = new RateTrace.Step(Duration.ofMillis(300), 0);
    LinkProfile stuttering = LinkProfile.of(RateTrace.of(List.of(on, off)), Duration.ZERO);
    try (ShapedLink link = link().down(stuttering).open()) {
      long start = System.nanoTime();
      try (PatternClient client = new PatternClient(link.address())) {
        client.ask(0, 250_000);
        assertEquals(250_000, client.receive(0, 250_000));
      }
      // Two periods with 100,000 bytes each, and half of a third one's first step.
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(845).toNanos());
    }
  }

  @Test
  void answersAfterTwoRoundTripsAtTheEarliest() throws Exception {
    LinkProfile far = LinkProfile.constant(200_000_000, Duration.ofMillis(40));
    try (ShapedLink link = link().down(far).up(far).open()) {
      long start = System.nanoTime();
      try (PatternClient client = new PatternClient(link.address())) {
        client.ask(0, 1);
        client.receive(0, 1);
        long first = System.nanoTime();
        assertTrue(first - start >= Duration.ofMillis(160).toNanos());
        client.ask(0, 1);
        client.receive(0, 1);
        // Connected already: one round trip.
        assertTrue(System.nanoTime() - first >= Duration.ofMillis(80).toNanos());
      }
    }
  }

  @Test
  void sharesTheRateAmongConnections() throws Exception {
    LinkProfile slow = LinkProfile.constant(16_000_000, Duration.ZERO);
    try (ShapedLink link = link().down(slow).open();
        PatternClient first = new PatternClient(link.address());
        PatternClient second = new PatternClient(link.address())) {
      first.ask(0, 400_000);
      second.ask(0, 800_000);
      Counter other = new Counter(second, 800_000);
      assertEquals(400_000, first.receive(0, 400_000));
      // what the link has passed on: on a busy machine the other reader may not have seen it yet
      long meanwhile = link.counters().down().delivered() - 400_000;
      // Both begin with up to a queue's head start, which depends on the threads' order.
      assertTrue(Math.abs(meanwhile - 400_000) <= 150_000, () -> meanwhile + " bytes meanwhile");
      assertEquals(800_000, other.join());
    }
  }

  @Test
  void holdsTheServerBackWhenTheDeviceDoesNotRead() throws Exception {
    try (ShapedLink link = link().down(FAST).open();
        PatternClient client = new PatternClient(link.address())) {
      long count = 100_000_000;
      client.ask(0, count);
      long before = -1;
      while (server.written() != before) {
        before = server.written();
        Thread.sleep(500);
      }
      LaneCounters down = link.counters().down();
      assertTrue(server.written() < count / 2, () -> "server wrote " + server.written());
      assertTrue(down.inside() <= FAST.queueBytes(), down::toString);
    }
  }

  @Test
  void passesTheEndOfEitherStreamOn() throws Exception {
    try (ServerSocket listener = new ServerSocket(0);
        ShapedLink link = ShapedLink.to("localhost", listener.getLocalPort()).open();
        Socket device = new Socket(link.address().getAddress(), link.port());
        Socket accepted = listener.accept()) {
      device.getOutputStream().write(new byte[] {1, 2, 3});
      device.shutdownOutput();
      assertArrayEquals(new byte[] {1, 2, 3}, accepted.getInputStream().readAllBytes());
      accepted.getOutputStream().write(new byte[] {4, 5});
      accepted.shutdownOutput();
      assertArrayEquals(new byte[] {4, 5}, device.getInputStream().readAllBytes());
    }
  }

  @Test
  void passesAResetOfTheServerOn() throws Exception {
    try (ServerSocket listener = new ServerSocket(0);
        ShapedLink link = ShapedLink.to("localhost", listener.getLocalPort()).open();
        Socket device = new Socket(link.address().getAddress(), link.port())) {
      Connection.reset(listener.accept());
      assertThrows(IOException.class, () -> device.getInputStream().read());
    }
  }

  @Test
  void resetsTheDeviceWhenTheServerIsNotThere() throws Exception {
    server.close();
    try (ShapedLink link = link().open();
        Socket device = new Socket(link.address().getAddress(), link.port())) {
      assertThrows(IOException.class, () -> device.getInputStream().read());
      assertEquals(1, link.counters().refused());
      assertEquals(0, link.counters().connections());
    }
  }

  @Test
  void flipsTheOneBitItIsTold() throws Exception {
    LinkProfile faulty = FAST.withErrors(BitErrors.flip(100_000, 3));
    try (ShapedLink link = link().down(faulty).open();
        PatternClient client = new PatternClient(link.address())) {
      client.ask(0, 200_000);
      byte[] received = client.socket().getInputStream().readNBytes(200_000);
      for (int i = 0; i < received.length; i++) {
        int expected = PatternServer.at(i) ^ (i == 100_000 ? 8 : 0);
        assertEquals((byte) expected, received[i], "byte " + i);
      }
    }
  }

  @Test
  void leavesNoThreadWhenClosed() throws Exception {
    ShapedLink link = link().down(FAST).open();
    List<Thread> threads;
    try (PatternClient client = new PatternClient(link.address())) {
      client.ask(0, 10_000_000);
      client.receive(0, 1_000);
      threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(t -> t.getName().startsWith("link-"))
              .toList();
      assertTrue(threads.size() >= 7, threads::toString);
      link.close();
    }
    for (Thread thread : threads) {
      thread.join(5_000);
      assertTrue(!thread.isAlive(), thread::getName);
    }
  }

  private ShapedLink.Builder link() {
    return ShapedLink.to("127.0.0.1", server.port());
  }

  /** Receives on a thread of its own. */
  private static final class Counter {
    private final PatternClient client;
    private final Thread thread;
    private final AtomicLong received = new AtomicLong();

    Counter(PatternClient client, long count) {
      this.client = client;
      this.thread = Threads.daemon("counter", () -> run(count));
      thread.start();
    }

    private void run(long count) {
      try {
        for (long at = 0; at < count; at = received.get()) {
          received.addAndGet(client.receive(at, Math.min(10_000, count - at)));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    long join() throws InterruptedException {
      thread.join();
      return received.get();
    }
  }
}
