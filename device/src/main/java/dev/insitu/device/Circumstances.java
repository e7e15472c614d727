package dev.insitu.device;

import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A situation as the application tells it, with what the SDK knows: what is held, the room on the
 * disk, the speed of the device, what was measured of the link, and how late it is.
 */
final class Circumstances {

  private static final Objective SOON =
      new Objective.InOrder(List.of(Goal.FIRST_ANSWER, Goal.ACCURACY, Goal.BYTES), 0);
  private static final double LEAST_SECONDS = 1e-3;

  private final Situation told;
  private final Optional<Held> held;
  private final Measured measured;
  private final Moment moment;

  /**
   * What the device measured.
   *
   * @param storageBytes free for the content
   * @param macsPerSecond of computing
   * @param modelMacsPerSecond of computing this model
   * @param link rates and round trip
   */
  record Measured(
      long storageBytes,
      OptionalDouble macsPerSecond,
      OptionalDouble modelMacsPerSecond,
      Channel link) {}

  /**
   * When in the course of a pull the situation is.
   *
   * @param elapsedSeconds since the pull began
   * @param leftSeconds until what has arrived is what stays; empty if all is waited for
   * @param answers whether first answers can be given already
   * @param cameBytes that came down since the pull began
   * @param changed whether the link is another than the application told
   * @param memoryBytes most that the device turned out to have
   */
  record Moment(
      double elapsedSeconds,
      OptionalDouble leftSeconds,
      boolean answers,
      long cameBytes,
      boolean changed,
      OptionalLong memoryBytes) {}

  Circumstances(Situation told, Optional<Held> held, Measured measured, Moment moment) {
    this.told = told;
    this.held = held;
    this.measured = measured;
    this.moment = moment;
  }

  /** All together. */
  Situation situation() {
    Situation some = told.withDevice(device()).withChannel(channel());
    Wanted wanted = wanted(some.channel());
    return held.map(some::withHeld).orElse(some).withWanted(wanted);
  }

  /**
   * What to ask for if not all limits can be kept: those of time go, and the first answer counts.
   */
  Situation soonest() {
    Wanted wanted = told.wanted();
    return situation()
        .withWanted(
            wanted
                .withTimes(wanted.latencySeconds(), OptionalDouble.empty())
                .withMaxBytes(bytesLeft(wanted))
                .withObjective(SOON));
  }

  private DeviceState device() {
    DeviceState device = told.device();
    OptionalLong storage =
        device.storageBytes().isPresent()
            ? device.storageBytes()
            : OptionalLong.of(measured.storageBytes());
    DeviceState spare = device.withSpace(storage, memory(device.memoryBytes()));
    if (device.hasSpeed()) {
      return spare;
    }
    OptionalDouble own = measured.modelMacsPerSecond();
    DeviceState paced = own.isPresent() ? spare.withModelMacsPerSecond(own.getAsDouble()) : spare;
    OptionalDouble any = measured.macsPerSecond();
    return any.isPresent() ? paced.withMacsPerSecond(any.getAsDouble()) : paced;
  }

  private OptionalLong memory(OptionalLong said) {
    return least(said, moment.memoryBytes());
  }

  private static OptionalLong least(OptionalLong some, OptionalLong other) {
    if (some.isEmpty() || other.isEmpty()) {
      return some.isEmpty() ? other : some;
    }
    return OptionalLong.of(Math.min(some.getAsLong(), other.getAsLong()));
  }

  private Channel channel() {
    Channel said = told.channel();
    Channel link = measured.link();
    boolean measuredFirst = moment.changed() && link.downlinkBitsPerSecond().isPresent();
    Optional<Estimate> down =
        measuredFirst
            ? link.downlinkBitsPerSecond()
            : said.downlinkBitsPerSecond().or(link::downlinkBitsPerSecond);
    boolean arrived = down.equals(link.downlinkBitsPerSecond());
    return new Channel(
        down,
        said.uplinkBitsPerSecond().or(link::uplinkBitsPerSecond),
        said.roundTripSeconds().or(link::roundTripSeconds),
        arrived ? Optional.empty() : said.lossRate(), // they are in the rate of what arrived
        arrived ? Optional.empty() : said.bitErrorRate());
  }

  private Wanted wanted(Channel channel) {
    Wanted wanted = told.wanted();
    OptionalDouble first = wanted.firstAnswerSeconds();
    if (first.isPresent()) {
      double left = Math.max(LEAST_SECONDS, first.getAsDouble() - moment.elapsedSeconds());
      first = moment.answers() ? OptionalDouble.empty() : OptionalDouble.of(left);
    }
    OptionalLong most = least(bytesLeft(wanted), arriving(channel));
    return wanted.withTimes(wanted.latencySeconds(), first).withMaxBytes(most);
  }

  private OptionalLong bytesLeft(Wanted wanted) {
    return wanted.maxBytes().isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, wanted.maxBytes().getAsLong() - moment.cameBytes()));
  }

  /** What can arrive in the time that is left, if the rate is known. */
  private OptionalLong arriving(Channel channel) {
    Optional<Estimate> down = channel.downlinkBitsPerSecond();
    if (moment.leftSeconds().isEmpty() || down.isEmpty()) {
      return OptionalLong.empty();
    }
    double trip = channel.roundTripSeconds().map(Estimate::mean).orElse(0.0);
    double seconds = Math.max(0, moment.leftSeconds().getAsDouble() - 2 * trip);
    return OptionalLong.of((long) Math.min(seconds * down.get().mean() / 8, 1L << 60));
  }
}
