package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CutTest {
  private static final long COUNT = 2_000_000;
  private static final LinkProfile DOWN = LinkProfile.constant(100_000_000, Duration.ofMillis(2));

  private PatternServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = PatternServer.onLoopback();
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  /** Of one connection: what the device's system may hold for it. */
  private static final long MOST_UNREAD = 256 << 10;

  @Test
  void deliversExactlyAsManyBytesAsTold() throws Exception {
    try (ShapedLink link = link().cut(Cut.afterBytes(1_234_567)).open()) {
      assertEquals(1_234_567, receive(link, 0, COUNT));
      LinkCounters counters = link.counters();
      assertEquals(1, counters.cuts());
      assertEquals(1_234_567, counters.down().delivered());
      assertTrue(counters.down().lost() > 0);
    }
  }

  @Test
  void letsAClientThatContinuesLoseNothing() throws Exception {
    ShapedLink.Builder builder = link();
    for (int i = 1; i <= 10; i++) {
      builder.cut(Cut.afterBytes(i * 150_001L));
    }
    try (ShapedLink link = builder.open()) {
      long received = 0;
      int attempts = 0;
      while (received < COUNT) {
        received += receive(link, received, COUNT - received);
        attempts++;
      }
      assertEquals(11, attempts);
      awaitNothingInside(link);
      LinkCounters counters = link.counters();
      assertEquals(10, counters.cuts());
      assertEquals(11, counters.connections());
      // a reset takes away what the device's system had but the device had not read: on a busy
      // machine that is counted as delivered and comes a second time
      long twice = counters.down().delivered() - COUNT;
      assertTrue(twice >= 0 && twice <= 10 * MOST_UNREAD, twice + " bytes were delivered twice");
    }
  }

  @Test
  void cutsEveryConnection() throws Exception {
    try (ShapedLink link = link().cut(Cut.afterBytes(500_000)).open();
        PatternClient idle = new PatternClient(link.address())) {
      idle.ask(0, 1);
      assertEquals(1, idle.receive(0, 1));
      assertEquals(499_999, receive(link, 0, COUNT));
      assertEquals(0, idle.receive(1, 1));
    }
  }

  @Test
  void refusesForAWhileAndThenServesAgain() throws Exception {
    Duration outage = Duration.ofMillis(400);
    try (ShapedLink link = link().cut(Cut.afterBytes(100_000).refusing(outage)).open()) {
      assertEquals(100_000, receive(link, 0, COUNT));
      long cut = System.nanoTime();
      long received = 0;
      while (received == 0) {
        received = receive(link, 100_000, 1_000);
        Thread.sleep(20);
      }
      // The cut comes just before the client sees it.
      assertTrue(System.nanoTime() - cut >= outage.toNanos() / 2);
      assertTrue(link.counters().refused() >= 1);
    }
  }

  @Test
  void cutsAtATime() throws Exception {
    LinkProfile slow = LinkProfile.constant(8_000_000, Duration.ZERO);
    try (ShapedLink link = link().down(slow).cut(Cut.at(Duration.ofMillis(300))).open()) {
      long received = receive(link, 0, COUNT);
      assertTrue(received < COUNT, () -> received + " bytes");
      assertEquals(1, link.counters().cuts());
    }
  }

  @Test
  void cutsByHandEvenBeforeTheFirstConnection() throws Exception {
    try (ShapedLink link = link().open()) {
      link.cut(Duration.ofMillis(200));
      assertThrows(IOException.class, () -> readFirst(link)); // while connecting or after it
      Thread.sleep(300);
      assertEquals(1_000, receive(link, 0, 1_000));
    }
  }

  private static int readFirst(ShapedLink link) throws IOException {
    try (PatternClient client = new PatternClient(link.address())) {
      return client.socket().getInputStream().read();
    }
  }

  private ShapedLink.Builder link() {
    return ShapedLink.to("127.0.0.1", server.port()).down(DOWN);
  }

  private static long receive(ShapedLink link, long position, long count) throws IOException {
    try (PatternClient client = new PatternClient(link.address())) {
      client.ask(position, count);
      return client.receive(position, count);
    } catch (SocketException e) {
      return 0;
    }
  }

  /** The client may have read bytes that are counted a moment later. */
  private static void awaitNothingInside(ShapedLink link) throws InterruptedException {
    while (link.counters().down().inside() != 0) {
      Thread.sleep(5);
    }
  }
}
