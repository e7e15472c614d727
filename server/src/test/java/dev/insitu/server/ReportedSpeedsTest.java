package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Situation;
import org.junit.jupiter.api.Test;

class ReportedSpeedsTest {

  private final ReportedSpeeds speeds = new ReportedSpeeds();

  private static Situation device(double macs) {
    return Situation.UNKNOWN.withDevice(DeviceState.UNKNOWN.withMacsPerSecond(macs));
  }

  private void report(String model, double share) {
    Situation some = device(2e9);
    Situation ran = some.withDevice(some.device().withModelMacsPerSecond(share * 2e9));
    assertSame(ran, speeds.complete(model, ran));
  }

  private double planned(String model, double macs) {
    return speeds.complete(model, device(macs)).device().modelMacsPerSecond().orElse(0);
  }

  @Test
  void whatOthersReachedIsWhatADeviceIsPlannedWith() {
    report("m", 0.5);
    report("m", 0.25);
    assertEquals(0, planned("m", 1e9));
    report("m", 0.3);
    assertEquals(0.3e9, planned("m", 1e9), 1);
    assertEquals(0.3e6, planned("m", 1e6), 1);
    assertEquals(0, planned("other", 1e9));
    assertSame(Situation.UNKNOWN, speeds.complete("m", Situation.UNKNOWN));
  }

  @Test
  void aFewLiesChangeLittleAndOldReportsAreForgotten() {
    for (int i = 0; i < 30; i++) {
      report("m", 0.4 + 0.001 * (i % 3));
    }
    for (int i = 0; i < 20; i++) {
      report("m", i % 2 == 0 ? 9.9 : 2e-4);
      report("m", i % 2 == 0 ? 1e8 : 1e-8);
    }
    assertEquals(0.401e9, planned("m", 1e9), 1e6);
    assertTrue(planned("m", 1e18) < 1e18);
    for (int i = 0; i < 65; i++) {
      report("m", 0.8);
    }
    assertEquals(0.8e9, planned("m", 1e9), 1);
    for (int i = 0; i < 65; i++) {
      report("m", 2);
    }
    assertEquals(0, planned("m", 1e18)); // more than a situation can say
  }
}
