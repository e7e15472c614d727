package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PacerTest {
  private static final long MILLI = 1_000_000;

  @Test
  void sendsBackToBackWhileThereIsWork() {
    Pacer pacer = new Pacer(RateTrace.constant(8_000_000));

    assertEquals(MILLI, pacer.depart(0, 1_000));
    assertEquals(3 * MILLI, pacer.depart(0, 2_000));
    assertEquals(4 * MILLI, pacer.depart(2 * MILLI, 1_000));
  }

  @Test
  void gathersNoCreditWhileIdle() {
    Pacer pacer = new Pacer(RateTrace.constant(8_000_000));
    pacer.depart(0, 1_000);

    assertEquals(101 * MILLI, pacer.depart(100 * MILLI, 1_000));
    assertEquals(102 * MILLI, pacer.depart(100 * MILLI, 1_000));
  }

  @Test
  void takesNoTimeForAnEndOfStream() {
    Pacer pacer = new Pacer(RateTrace.constant(8_000_000));
    pacer.depart(0, 1_000);

    assertEquals(MILLI, pacer.depart(0, 0));
    assertEquals(5 * MILLI, pacer.depart(5 * MILLI, 0));
  }

  @Test
  void staysExactOverAMillionPackets() {
    Pacer pacer = new Pacer(RateTrace.constant(500_000_000));
    long end = 0;
    for (int i = 0; i < 1_000_000; i++) {
      end = pacer.depart(0, 62_500);
    }
    assertEquals(1_000_000 * MILLI, end);
  }
}
