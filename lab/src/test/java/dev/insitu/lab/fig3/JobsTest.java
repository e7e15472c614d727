package dev.insitu.lab.fig3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobsTest {

  private long nanos;

  private void pass(int seconds) {
    nanos += seconds * 1_000_000_000L;
  }

  @Test
  void theTimeLeftFollowsFromWhatHasBeenDone() throws IOException {
    List<String> told = new ArrayList<>();
    Jobs jobs =
        new Jobs(
            (what, done, total, left) ->
                told.add(what + " " + done + "/" + total + " " + text(left)),
            () -> nanos);
    jobs.run(
        List.of(
            new Job("first", 1, t -> pass(10)),
            new Job("done before", 5, t -> {}),
            new Job(
                "second",
                2,
                t -> {
                  t.update(0, 4);
                  pass(10);
                  t.update(2, 4);
                  pass(10);
                })));
    assertEquals(
        List.of(
            "1/3 first 0/1 -",
            "2/3 done before 0/1 70 s",
            "3/3 second 0/1 20 s",
            "3/3 second 0/4 20 s",
            "3/3 second 2/4 10 s"),
        told);
  }

  @Test
  void whatAnEarlierProcessDidSaysNothingOfTheSpeed() throws IOException {
    List<String> told = new ArrayList<>();
    Jobs jobs = new Jobs((what, done, total, left) -> told.add(text(left)), () -> nanos);
    jobs.run(
        List.of(
            new Job(
                "training",
                1,
                t -> {
                  pass(1);
                  t.update(50, 100);
                  pass(9);
                  t.update(75, 100);
                })));
    assertEquals(List.of("-", "-", "10 s"), told);
  }

  private static String text(Optional<Duration> left) {
    return left.map(time -> time.toSeconds() + " s").orElse("-");
  }
}
