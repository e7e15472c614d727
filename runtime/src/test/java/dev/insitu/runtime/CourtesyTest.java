package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CourtesyTest {

  @Test
  void restsInProportionToTheWorkOnlyUnderLoad() {
    AtomicBoolean load = new AtomicBoolean();
    Courtesy courtesy = new Courtesy(load::get, 0.25, Long.MAX_VALUE);
    assertEquals(0, courtesy.restAfter(100));
    load.set(true);
    assertEquals(300, courtesy.restAfter(100));
    assertEquals(0, courtesy.restAfter(0));
    assertEquals(0, courtesy.restAfter(-5));
    load.set(false);
    assertEquals(0, courtesy.restAfter(100));
  }

  @Test
  void allRestsTogetherStayWithinTheLimit() {
    Courtesy courtesy = new Courtesy(() -> true, 0.1, 1000);
    assertEquals(900, courtesy.restAfter(100));
    assertEquals(100, courtesy.restAfter(100));
    assertEquals(0, courtesy.restAfter(100));
  }

  @Test
  void theWholeShareNeedsNoRest() {
    assertEquals(0, new Courtesy(() -> true, 1, Long.MAX_VALUE).restAfter(1_000_000));
  }
}
