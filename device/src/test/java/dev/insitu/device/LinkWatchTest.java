package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ChangeDetector.Change;
import dev.insitu.elastic.plan.Channel;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinkWatchTest {

  private static final long MILLI = 1_000_000;

  private final LinkMeter meter = new LinkMeter();
  private final LinkWatch watch = new LinkWatch(meter);
  private long now = 1;

  private void transfer(int millis, int bytesPerMilli) {
    for (int i = 0; i < millis; i += 10) {
      now += 10 * MILLI;
      watch.add(now, 10L * bytesPerMilli);
    }
  }

  private double rate() {
    return meter.channel().downlinkBitsPerSecond().orElseThrow().mean();
  }

  @Test
  void theRateIsMeasuredAndWaitingIsNone() {
    assertEquals(Channel.UNKNOWN, meter.channel());
    for (int i = 0; i < 5; i++) {
      watch.pause();
      now += 900 * MILLI;
      transfer(1000, 1000);
    }
    assertEquals(8e6, rate(), 8e4);
    assertEquals(Optional.empty(), watch.takeChange());
  }

  @Test
  void aChangeIsToldOnceAndMeasuredAnew() {
    transfer(5000, 1000);
    transfer(5000, 100);
    Change change = watch.takeChange().orElseThrow();
    assertEquals(1e6, change.before(), 2e5);
    assertTrue(change.after() < 2e5, change.toString());
    assertEquals(Optional.empty(), watch.takeChange());
    assertEquals(8e5, rate(), 1e5);
  }

  @Test
  void aLongSilenceIsAChange() {
    transfer(5000, 1000);
    now += 5000 * MILLI;
    watch.add(now, 1000);
    assertTrue(watch.takeChange().orElseThrow().after() < 1e5);
  }

  @Test
  void timeThatJumpsDoesNoHarm() {
    Random random = new Random(9);
    for (int i = 0; i < 10_000; i++) {
      watch.add(random.nextLong(), 1000);
    }
    meter
        .channel()
        .downlinkBitsPerSecond()
        .ifPresent(rate -> assertTrue(rate.mean() >= 0 && Double.isFinite(rate.mean())));
  }
}
