package dev.insitu.device;

import dev.insitu.device.AnswerException.Refused;
import dev.insitu.device.Circumstances.Measured;
import dev.insitu.device.Circumstances.Moment;
import dev.insitu.device.DeviceException.Reason;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Granted;
import dev.insitu.elastic.plan.Granted.Division;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Asks a server for the plan of one pull: with the wishes, or with the situation as it is at the
 * moment. For the pull's thread.
 */
final class Asking {

  private final DeviceContext device;
  private final ModelName name;
  private final Asked asked;
  private final PlanClient client;
  private final Tally tally;
  private final long began;
  private final long cameBefore;
  private boolean guessed; // whether nothing was known of the rate when it was asked last
  private boolean changed; // whether the link is another than the application told
  private OptionalLong memoryBytes = OptionalLong.empty();

  /**
   * What a server answered.
   *
   * @param plan to be carried out
   * @param wishes at which depth and width it is to run
   * @param memoryBytes that it takes at once, if that is known
   * @param assist what a server may compute
   */
  record Planned(
      SignedPlan plan, Wishes wishes, OptionalLong memoryBytes, Optional<Assist> assist) {

    /** Whether the last segments do not come, as a server computes them. */
    boolean isDivided() {
      return assist.filter(Assist::isDivided).isPresent();
    }

    /** Whether the server computes all of it, and nothing comes down. */
    boolean isElsewhere() {
      return assist.filter(Assist::isElsewhere).isPresent();
    }

    /**
     * What runs in the end: a model that is divided is a whole one of which the last segments do
     * not come.
     */
    Wishes running() {
      return isDivided() ? Wishes.everything() : wishes;
    }

    /** The depth that is wished for, as {@link Loaded#depth} takes it. */
    int depth() {
      return running().depth().orElse(0);
    }
  }

  Asking(DeviceContext device, ModelName name, Asked asked, PlanClient client, Tally tally) {
    this.device = device;
    this.name = name;
    this.asked = asked;
    this.client = client;
    this.tally = tally;
    this.began = device.options.ticker().nanoTime();
    this.cameBefore = tally.counters().received();
  }

  /** The link has changed: from now on what is measured counts, not what the application told. */
  void linkChanged() {
    changed = true;
  }

  /** Whether the link's rate is known by now, but was not when the plan was asked for. */
  boolean hasLearnt() {
    return guessed && device.link.channel().downlinkBitsPerSecond().isPresent();
  }

  /** There turned out to be no more memory than that. */
  void memory(long bytes) {
    memoryBytes = OptionalLong.of(bytes);
  }

  /**
   * Asks.
   *
   * @param held what is on the device
   * @param answers whether the model answers already
   * @param serving the version that serves
   * @throws AnswerException if there is no plan
   */
  Planned ask(Optional<Held> held, boolean answers, Optional<Loaded> serving) throws IOException {
    if (asked instanceof Asked.ByWishes by) {
      Wishes wishes = by.wishes();
      SignedPlan plan = client.plan(name, held.map(wishes::withHeld).orElse(wishes));
      return new Planned(plan, wishes, OptionalLong.empty(), Optional.empty());
    }
    Circumstances now =
        new Circumstances(asked.told().orElseThrow(), held, measured(), moment(answers));
    guessed = now.situation().channel().downlinkBitsPerSecond().isEmpty();
    try {
      return undivided(decide(now.situation()), now.situation(), serving);
    } catch (Refused e) {
      boolean late = changed || asked.limit().isPresent();
      if (e.reason() != Reason.INFEASIBLE || !late) {
        throw e; // what the application wants cannot be had
      }
      return undivided(decide(now.soonest()), now.soonest(), serving);
    }
  }

  /**
   * A part of a model cannot take the place of another version, or of another width, which answers
   * alone: then the device is to compute all.
   */
  private Planned undivided(Planned planned, Situation situation, Optional<Loaded> serving)
      throws IOException {
    Digest manifest = planned.plan().plan().content().manifest();
    boolean other =
        serving
            .filter(some -> !some.digest().equals(manifest) || !some.manifest().isWhole())
            .isPresent();
    Wanted wanted = situation.wanted().withPrivacy(Privacy.NOTHING_LEAVES);
    return planned.isDivided() && other ? decide(situation.withWanted(wanted)) : planned;
  }

  private Planned decide(Situation situation) throws IOException {
    PlanClient.Decided decided = client.decide(name, situation);
    return new Planned(
        decided.plan(),
        decided.granted().shape(),
        OptionalLong.of(decided.granted().memoryBytes()),
        assist(situation, decided.granted()));
  }

  /**
   * What a server may compute. The plan says whether inputs or features go up until the device
   * answers by itself; where it says nothing, as nobody has measured it, what may leave does.
   */
  private static Optional<Assist> assist(Situation situation, Granted granted) {
    Privacy privacy = situation.wanted().privacy();
    if (privacy == Privacy.NOTHING_LEAVES) {
      return Optional.empty();
    }
    Optional<Estimate> up = situation.channel().uplinkBitsPerSecond();
    OptionalDouble rate =
        up.isPresent() ? OptionalDouble.of(up.get().mean()) : OptionalDouble.empty();
    if (granted.division().isPresent()) {
      Division some = granted.division().get();
      OptionalInt before = OptionalInt.of(some.before());
      return Optional.of(new Assist(privacy, before, some.bits(), some.bits(), rate));
    }
    if (granted.help().isPresent()) {
      Division some = granted.help().get();
      Privacy leaving = some.before() > 0 ? Privacy.FEATURES_MAY_LEAVE : privacy;
      return Optional.of(new Assist(leaving, OptionalInt.empty(), some.bits(), some.bits(), rate));
    }
    return Optional.of(Assist.unplanned(privacy, rate));
  }

  private Measured measured() throws IOException {
    long free = device.options.directory().toFile().getUsableSpace();
    boolean speedTold = asked.told().orElseThrow().device().hasSpeed();
    return new Measured(
        Math.min(free, device.options.byteBudget()),
        speedTold ? OptionalDouble.empty() : device.speed.macsPerSecond(),
        speedTold ? OptionalDouble.empty() : device.speed.macsPerSecond(name),
        device.link.channel());
  }

  private Moment moment(boolean answers) {
    double elapsed = (device.options.ticker().nanoTime() - began) * 1e-9;
    OptionalDouble left =
        asked.limit().isPresent()
            ? OptionalDouble.of(asked.limit().get().toNanos() * 1e-9 - elapsed)
            : OptionalDouble.empty();
    long came = tally.counters().received() - cameBefore;
    return new Moment(elapsed, left, answers, came, changed, memoryBytes);
  }
}
