package dev.insitu.elastic.plan;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a device asks for, said outright. Every limit that is given holds; none at all asks for the
 * whole reference.
 *
 * @param bits most bits per weight, all received bytes counted
 * @param depth how many segments from the first
 * @param maxBytes most bytes of chunks
 * @param deadline time by which all must have arrived, at {@code rate}
 * @param rate of the link, bit/s
 * @param startAgreement least agreement with the root's outputs at which inference may begin, 0..1
 * @param held what the device already has: of this version, or of an earlier one to be updated from
 * @param width share of the channels, one of the package's widths; empty for the whole
 */
public record Wishes(
    OptionalDouble bits,
    OptionalInt depth,
    OptionalLong maxBytes,
    Optional<Duration> deadline,
    OptionalDouble rate,
    OptionalDouble startAgreement,
    Optional<Held> held,
    OptionalDouble width) {

  /** Least agreement with the root at which inference begins if nothing is said. */
  public static final double DEFAULT_START_AGREEMENT = 0.9;

  public Wishes {
    Objects.requireNonNull(bits);
    Objects.requireNonNull(depth);
    Objects.requireNonNull(maxBytes);
    Objects.requireNonNull(deadline);
    Objects.requireNonNull(rate);
    Objects.requireNonNull(startAgreement);
    Objects.requireNonNull(held);
    if (width.isPresent() && !(width.getAsDouble() > 0 && width.getAsDouble() <= 1)) {
      throw ElasticException.invalid(
          "width is " + width.getAsDouble() + "; it must be above 0 and at most 1.");
    }
    requirePositive("bits", bits);
    requirePositive("rate", rate);
    if (depth.isPresent() && depth.getAsInt() < 1) {
      throw ElasticException.invalid(
          "depth is " + depth.getAsInt() + "; at least 1 segment must be asked for.");
    }
    if (maxBytes.isPresent() && maxBytes.getAsLong() < 1) {
      throw ElasticException.invalid(
          "maxBytes is " + maxBytes.getAsLong() + "; it must be positive.");
    }
    if (deadline.isPresent() && (deadline.get().isNegative() || deadline.get().isZero())) {
      throw ElasticException.invalid("deadline is " + deadline.get() + "; it must be positive.");
    }
    if (deadline.isPresent() && rate.isEmpty()) {
      throw ElasticException.invalid(
          "A deadline of "
              + deadline.get()
              + " was given without a rate.\nMaybe add the link's rate in bit/s.");
    }
    if (startAgreement.isPresent()
        && !(startAgreement.getAsDouble() >= 0 && startAgreement.getAsDouble() <= 1)) {
      throw ElasticException.invalid(
          "startAgreement is " + startAgreement.getAsDouble() + "; it must be 0 to 1.");
    }
  }

  private static void requirePositive(String name, OptionalDouble value) {
    if (value.isPresent() && !(value.getAsDouble() > 0 && value.getAsDouble() < 1e15)) {
      throw ElasticException.invalid(
          name + " is " + value.getAsDouble() + "; it must be positive.");
    }
  }

  /** Of the whole width. */
  public Wishes(
      OptionalDouble bits,
      OptionalInt depth,
      OptionalLong maxBytes,
      Optional<Duration> deadline,
      OptionalDouble rate,
      OptionalDouble startAgreement,
      Optional<Held> held) {
    this(bits, depth, maxBytes, deadline, rate, startAgreement, held, OptionalDouble.empty());
  }

  /** No limits: the whole reference. */
  public static Wishes everything() {
    return new Wishes(
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Optional.empty());
  }

  /** At most so many bits per weight. */
  public Wishes withBits(double most) {
    return new Wishes(
        OptionalDouble.of(most), depth, maxBytes, deadline, rate, startAgreement, held, width);
  }

  /** Only the first segments. */
  public Wishes withDepth(int segments) {
    return new Wishes(
        bits, OptionalInt.of(segments), maxBytes, deadline, rate, startAgreement, held, width);
  }

  /** At most so many bytes of chunks. */
  public Wishes withMaxBytes(long most) {
    return new Wishes(
        bits, depth, OptionalLong.of(most), deadline, rate, startAgreement, held, width);
  }

  /** All must have arrived within the time at the rate (bit/s). */
  public Wishes withDeadline(Duration time, double bitsPerSecond) {
    return new Wishes(
        bits,
        depth,
        maxBytes,
        Optional.of(time),
        OptionalDouble.of(bitsPerSecond),
        startAgreement,
        held,
        width);
  }

  /** Inference begins at this agreement with the root. */
  public Wishes withStartAgreement(double least) {
    return new Wishes(bits, depth, maxBytes, deadline, rate, OptionalDouble.of(least), held, width);
  }

  /** The device already has that. */
  public Wishes withHeld(Held some) {
    return new Wishes(
        bits, depth, maxBytes, deadline, rate, startAgreement, Optional.of(some), width);
  }

  /** Of this share of the channels. */
  public Wishes withWidth(double share) {
    return new Wishes(
        bits, depth, maxBytes, deadline, rate, startAgreement, held, OptionalDouble.of(share));
  }

  /**
   * What a device holds.
   *
   * @param manifest digest of a manifest it has
   * @param chunks which of that manifest's chunks, as ranges of its table
   */
  public record Held(Digest manifest, List<Range> chunks) {

    public Held {
      Objects.requireNonNull(manifest);
      chunks = List.copyOf(chunks);
    }
  }
}
