package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A device's process that may be killed. */
final class PullProcess {

  private PullProcess() {}

  /**
   * Pulls a whole model.
   *
   * @param args {@code DIRECTORY PORT MODEL KEY METER}
   */
  public static void main(String[] args) throws IOException {
    Trust trust = Trust.keys(List.of(new Signatures.Key(args[3])));
    try (Device device =
        new Device(
            Path.of(args[0]),
            Integer.parseInt(args[1]),
            trust,
            args[2],
            Meter.into(Path.of(args[4])))) {
      device.pull(Wishes.everything());
    }
  }
}
