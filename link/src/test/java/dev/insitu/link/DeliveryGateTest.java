package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryGateTest {
  @Test
  void grantsAllWithoutCuts() {
    DeliveryGate gate = new DeliveryGate(List.of(Cut.at(Duration.ZERO)));

    assertEquals(new DeliveryGate.Grant(1_000, null), gate.grant(1_000));
  }

  @Test
  void stopsExactlyAtTheCut() {
    DeliveryGate gate = new DeliveryGate(List.of(Cut.afterBytes(1_500)));

    assertEquals(new DeliveryGate.Grant(1_000, null), gate.grant(1_000));
    DeliveryGate.Grant last = gate.grant(1_000);
    assertEquals(500, last.bytes());
    assertNotNull(last.cut());
    assertEquals(new DeliveryGate.Grant(0, null), gate.grant(1_000));
    gate.reopen();
    assertEquals(new DeliveryGate.Grant(1_000, null), gate.grant(1_000));
  }

  @Test
  void cutsWhenThePacketEndsThere() {
    DeliveryGate gate = new DeliveryGate(List.of(Cut.afterBytes(1_000)));

    assertNotNull(gate.grant(1_000).cut());
  }

  @Test
  void takesCutsInOrder() {
    DeliveryGate gate = new DeliveryGate(List.of(Cut.afterBytes(30), Cut.afterBytes(10)));

    assertEquals(10, gate.grant(100).bytes());
    gate.reopen();
    assertEquals(20, gate.grant(100).bytes());
    gate.reopen();
    assertNull(gate.grant(100).cut());
  }

  @Test
  void carriesOutTwoCutsAtTheSameByteOneAfterTheOther() {
    DeliveryGate gate = new DeliveryGate(List.of(Cut.afterBytes(10), Cut.afterBytes(10)));

    assertEquals(10, gate.grant(100).bytes());
    gate.reopen();
    DeliveryGate.Grant second = gate.grant(100);
    assertEquals(0, second.bytes());
    assertNotNull(second.cut());
  }
}
