package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.plan.Estimate;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinkMeterTest {

  private static final int BODY = 100_000; // bytes

  private final LinkMeter meter = new LinkMeter();

  private Optional<Estimate> up() {
    return meter.channel().uplinkBitsPerSecond();
  }

  @Test
  void theRoundTripIsTheShortestAnswer() {
    meter.roundTrip(0.3);
    meter.roundTrip(0.1);
    meter.roundTrip(0.2);
    Estimate trip = meter.channel().roundTripSeconds().orElseThrow();
    assertEquals(0.1, trip.mean(), 1e-12);
    assertEquals(Math.sqrt(0.05 / 3), trip.spread(), 1e-9);
  }

  @Test
  void theUplinkIsWhatBodiesTookBeyondTheRoundTrip() {
    meter.roundTrip(0.04);
    meter.sent(BODY, 0.44);
    meter.sent(BODY, 0.54);
    assertEquals(Optional.empty(), up());
    meter.sent(BODY, 0.34);
    assertEquals(8 * BODY / 0.4, up().orElseThrow().mean(), 1);
    assertTrue(up().orElseThrow().spread() > 0);
  }

  @Test
  void stallsDoNotCountWhileMostBodiesGoOn() {
    meter.roundTrip(0.04);
    for (int i = 0; i < 16; i++) {
      meter.sent(BODY, i % 5 == 0 ? 9 : 0.44);
    }
    assertEquals(8 * BODY / 0.4, up().orElseThrow().mean(), 1);
    for (int i = 0; i < 16; i++) {
      meter.sent(BODY, 4.04);
    }
    assertEquals(8 * BODY / 4.0, up().orElseThrow().mean(), 1, "the latest count");
  }

  @Test
  void aBodyFasterThanTheRoundTripTellsThatTheRateIsNoLess() {
    meter.roundTrip(0.04);
    for (int i = 0; i < 3; i++) {
      meter.sent(BODY, 0.041);
    }
    assertEquals(8 * BODY / 0.04, up().orElseThrow().mean(), 1);
  }

  @Test
  void smallBodiesTellTheRoundTripOnly() {
    for (int i = 0; i < 9; i++) {
      meter.sent(BODY, 0.4); // no round trip is known yet
    }
    meter.roundTrip(0.1);
    for (int i = 0; i < 9; i++) {
      meter.sent(500, 0.02);
    }
    assertEquals(Optional.empty(), up());
    assertEquals(0.02, meter.channel().roundTripSeconds().orElseThrow().mean(), 1e-12);
  }

  @Test
  void timesThatCannotBeDoNoHarm() {
    Random random = new Random(3);
    meter.roundTrip(0);
    for (int i = 0; i < 1000; i++) {
      meter.sent(random.nextInt(1 << 20), 1e6 * random.nextGaussian());
      up().ifPresent(rate -> assertTrue(Double.isFinite(rate.mean() + rate.spread())));
    }
  }
}
