package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ModelState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private long now;
  private final Patience patience = new Patience(Duration.ofNanos(100), () -> now);

  @Test
  void endsWhenNothingArrivesThoughItIsTried() {
    patience.state(new ModelState.Paused("Nobody answers."));
    now = 100;
    patience.check();
    patience.state(new ModelState.Downloading());
    now = 101;
    CliException ended = assertThrows(CliException.class, patience::check);
    assertTrue(ended.getMessage().contains("Nobody answers."), ended.getMessage());
  }

  @Test
  void beginsAnewWithEveryByteThatArrives() {
    patience.state(new ModelState.Paused("Nobody answers."));
    now = 90;
    patience.arrived(1);
    now = 190;
    patience.check();
    patience.arrived(1); // no more than before
    now = 191;
    assertThrows(CliException.class, patience::check);
  }

  @Test
  void hasNoEndWhileNobodyHasComplained() {
    now = 1_000;
    patience.check();
  }
}
