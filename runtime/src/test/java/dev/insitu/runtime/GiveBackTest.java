package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GiveBackTest {

  private final GiveBack memory = new GiveBack();

  private int times(int runs, long bytes) {
    int times = 0;
    for (int i = 0; i < runs; i++) {
      times += memory.after(bytes) ? 1 : 0;
    }
    return times;
  }

  @Test
  void memoryGoesBackAfterTheFirstAndAfterLargeRuns() {
    assertTrue(memory.after(1000));
    assertEquals(0, times(50, 1100));
    assertFalse(memory.after(2000));
    assertTrue(memory.after(100_000));
    assertFalse(memory.after(1000));
  }

  @Test
  void memoryGoesBackNowAndThen() {
    assertEquals(1 + 10, times(1 + 640, 1000));
    assertTrue(times(100, 50_000) < 20); // what is usual changes
    assertEquals(2, times(128, 50_000));
  }
}
