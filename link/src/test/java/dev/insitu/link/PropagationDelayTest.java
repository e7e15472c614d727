package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PropagationDelayTest {
  private static final LinkProfile PROFILE =
      LinkProfile.constant(1_000_000, Duration.ofMillis(10)).withJitter(Duration.ofMillis(5), 42);

  @Test
  void addsTheDelay() {
    LinkProfile steady = LinkProfile.constant(1_000_000, Duration.ofMillis(10));

    assertEquals(10_000_007, new PropagationDelay(steady).arrival(7));
  }

  @Test
  void keepsTheOrderAndTheBounds() {
    PropagationDelay delay = new PropagationDelay(PROFILE);
    long last = 0;
    for (long departure = 0; departure < 1_000_000_000; departure += 100_000) {
      long arrival = delay.arrival(departure);
      assertTrue(arrival >= last);
      assertTrue(arrival >= departure + 10_000_000);
      assertTrue(arrival <= departure + 15_000_000);
      last = arrival;
    }
  }

  @Test
  void repeatsWithTheSameSeed() {
    PropagationDelay first = new PropagationDelay(PROFILE);
    PropagationDelay second = new PropagationDelay(PROFILE);
    for (long departure = 0; departure < 1_000_000_000; departure += 10_000_000) {
      assertEquals(first.arrival(departure), second.arrival(departure));
    }
  }
}
