package dev.insitu.cli;

import dev.insitu.elastic.plan.Wishes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is asked for of a model. */
final class WishOptions {

  @Option(
      names = "--bits",
      paramLabel = "N",
      description = "At most so many bits per weight, all bytes counted.")
  private @Nullable Double bits;

  @Option(names = "--depth", paramLabel = "N", description = "Only the first so many segments.")
  private @Nullable Integer depth;

  @Option(
      names = "--width",
      paramLabel = "SHARE",
      description = "Only this share of the channels, as in 0.5; the package must have the width.")
  private @Nullable Double width;

  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      description = "At most so many bytes of chunks, as in 800k or 12M.")
  private @Nullable String maxBytes;

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      description = "All must arrive in that time at --rate.")
  private @Nullable Double deadline;

  @Option(
      names = "--rate",
      paramLabel = "BIT/S",
      description = "Rate of the link for --deadline, as in 2M.")
  private @Nullable String rate;

  @Option(
      names = "--lossless",
      description = "The whole reference, bit for bit (what is asked for if nothing is said).")
  private boolean lossless;

  /** Whether anything was said at all. */
  boolean given() {
    return maxBytes != null || givenBesideMaxBytes();
  }

  /** Most bytes, as they were said. */
  @Nullable String maxBytes() {
    return maxBytes;
  }

  /** Whether anything but most bytes was said. */
  boolean givenBesideMaxBytes() {
    return bits != null
        || depth != null
        || width != null
        || deadline != null
        || rate != null
        || lossless;
  }

  Wishes wishes() {
    Wishes wishes = Wishes.everything();
    if (lossless && (bits != null || maxBytes != null || deadline != null)) {
      throw new CliException("--lossless contradicts --bits, --max-bytes and --deadline.");
    }
    if (bits != null) {
      wishes = wishes.withBits(bits);
    }
    if (depth != null) {
      wishes = wishes.withDepth(depth);
    }
    if (width != null) {
      wishes = wishes.withWidth(width);
    }
    if (maxBytes != null) {
      wishes = wishes.withMaxBytes(Sizes.parse(maxBytes));
    }
    if (deadline != null) {
      if (rate == null) {
        throw new CliException("--deadline needs --rate, as in --deadline 2 --rate 5M.");
      }
      wishes =
          wishes.withDeadline(
              Duration.ofNanos((long) (deadline * 1e9)), (double) Sizes.parse(rate));
    }
    return wishes;
  }
}
