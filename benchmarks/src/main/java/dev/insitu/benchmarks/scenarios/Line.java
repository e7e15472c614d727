package dev.insitu.benchmarks.scenarios;

import dev.insitu.link.BitErrors;
import dev.insitu.link.Cut;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.ShapedLink;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A link that devices are measured at.
 *
 * @param bitsPerSecond in both directions
 * @param delay one way
 * @param cuts that happen
 * @param errors on the way to the device
 */
record Line(long bitsPerSecond, Duration delay, List<Cut> cuts, BitErrors errors) {

  private static final Duration DELAY = Duration.ofMillis(10);

  Line {
    cuts = List.copyOf(cuts);
  }

  /** A link with a round trip of 20 ms. */
  static Line of(double megabitsPerSecond) {
    return new Line((long) (megabitsPerSecond * 1e6), DELAY, List.of(), BitErrors.NONE);
  }

  /** A link with another round trip. */
  static Line of(double megabitsPerSecond, double roundTripSeconds) {
    Duration delay = Duration.ofNanos((long) (5e8 * roundTripSeconds));
    return new Line((long) (megabitsPerSecond * 1e6), delay, List.of(), BitErrors.NONE);
  }

  Line withCuts(List<Cut> some) {
    return new Line(bitsPerSecond, delay, some, errors);
  }

  Line withErrors(BitErrors some) {
    return new Line(bitsPerSecond, delay, cuts, some);
  }

  /** Opens it before a server on this machine. */
  ShapedLink open(int port) throws IOException {
    LinkProfile shape = LinkProfile.constant(bitsPerSecond, delay);
    ShapedLink.Builder builder =
        ShapedLink.to("127.0.0.1", port).down(shape.withErrors(errors)).up(shape);
    cuts.forEach(builder::cut);
    return builder.open();
  }

  /** The server behind an open link. */
  static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  double roundTripSeconds() {
    return 2e-9 * delay.toNanos();
  }

  /** As in {@code 0.5mbit}. */
  String label() {
    return String.format(Locale.ROOT, "%smbit", bitsPerSecond / 1e6).replace(".0mbit", "mbit");
  }
}
