package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinkProfileTest {
  @Test
  void makesRoomForWhatIsUnderway() {
    LinkProfile profile = LinkProfile.constant(80_000_000, Duration.ofMillis(80));

    assertEquals(LinkProfile.MIN_QUEUE_BYTES + 1_000_000, profile.queueBytes());
    assertEquals(BitErrors.NONE, profile.errors());
  }

  @Test
  void makesMoreRoomForJitter() {
    LinkProfile profile = LinkProfile.constant(80_000_000, Duration.ofMillis(80));

    assertTrue(profile.withJitter(Duration.ofMillis(100), 1).queueBytes() > profile.queueBytes());
  }

  @Test
  void keepsTheRestWhenOnePartChanges() {
    LinkProfile profile =
        LinkProfile.constant(1_000_000, Duration.ofMillis(3))
            .withJitter(Duration.ofMillis(1), 7)
            .withQueueBytes(100_000)
            .withErrors(BitErrors.flip(1, 1));

    assertEquals(Duration.ofMillis(3), profile.delay());
    assertEquals(Duration.ofMillis(1), profile.jitter());
    assertEquals(7, profile.seed());
    assertEquals(100_000, profile.queueBytes());
  }

  @Test
  void refusesWhatIsOutOfRange() {
    LinkProfile profile = LinkProfile.unlimited();
    assertThrows(
        IllegalArgumentException.class,
        () -> LinkProfile.constant(1_000_000, Duration.ofMillis(-1)));
    assertThrows(
        IllegalArgumentException.class, () -> profile.withJitter(Duration.ofMinutes(2), 0));
    assertThrows(IllegalArgumentException.class, () -> profile.withQueueBytes(1));
    assertThrows(IllegalArgumentException.class, () -> Cut.afterBytes(0));
    assertThrows(IllegalArgumentException.class, () -> Cut.at(Duration.ofMillis(-1)));
    assertThrows(
        IllegalArgumentException.class, () -> Cut.afterBytes(1).refusing(Duration.ofDays(2)));
  }
}
