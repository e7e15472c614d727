package dev.insitu.device;

import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.HealthCheck;
import dev.insitu.runtime.RuntimeOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** How the SDK works on a device. Immutable. */
public final class DeviceOptions {

  /** Time for a connection to stand. */
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(15);

  /** Silence after which a connection is given up. */
  public static final Duration DEFAULT_STALL_TIMEOUT = Duration.ofSeconds(20);

  /** How long the version before a swap stays in memory; on disk it stays longer. */
  public static final Duration DEFAULT_ROLLBACK_WINDOW = Duration.ofSeconds(60);

  /** Time for a new version to be built and checked. */
  public static final Duration DEFAULT_SWAP_LIMIT = Duration.ofMinutes(10);

  /** Time for a server to compute its part of an inference. */
  public static final Duration DEFAULT_ASSIST_LIMIT = Duration.ofSeconds(5);

  /** Transfers at a time. */
  public static final int DEFAULT_TRANSFERS = 2;

  /** Bytes of chunks on disk: no limit. */
  public static final long DEFAULT_BYTE_BUDGET = Long.MAX_VALUE;

  private final Path directory;
  private final URI server;
  private final Trust trust;
  private final Optional<Transport> transport;
  private final Duration connectTimeout;
  private final Duration stallTimeout;
  private final RateFloor rateFloor;
  private final RetryPolicy retryPolicy;
  private final TransferRule rule;
  private final Ticker ticker;
  private final Optional<Executor> callbacks;
  private final ModelListener listener;
  private final long byteBudget;
  private final Wishes wishes;
  private final Optional<Situation> situation;
  private final int transfers;
  private final UnaryOperator<RuntimeOptions.Builder> runtime;
  private final Optional<HealthCheck> healthCheck;
  private final Optional<AccuracyRule> accuracyRule;
  private final Duration rollbackWindow;
  private final Duration swapLimit;
  private final Optional<Duration> waitLimit;
  private final Duration assistLimit;
  private final boolean acceptOlderVersions;
  private final Optional<Long> seed;

  private DeviceOptions(Builder from) {
    directory = from.directory;
    server = from.server;
    trust = from.trust;
    transport = from.transport;
    connectTimeout = from.connectTimeout;
    stallTimeout = from.stallTimeout;
    rateFloor = from.rateFloor;
    retryPolicy = from.retryPolicy;
    rule = from.rule;
    ticker = from.ticker;
    callbacks = from.callbacks;
    listener = from.listener;
    byteBudget = from.byteBudget;
    wishes = from.wishes;
    situation = from.situation;
    transfers = from.transfers;
    runtime = from.runtime;
    healthCheck = from.healthCheck;
    accuracyRule = from.accuracyRule;
    rollbackWindow = from.rollbackWindow;
    swapLimit = from.swapLimit;
    waitLimit = from.waitLimit;
    assistLimit = from.assistLimit;
    acceptOlderVersions = from.acceptOlderVersions;
    seed = from.seed;
  }

  /**
   * A builder that holds the defaults.
   *
   * @param directory for everything the SDK keeps; made if it is not there
   * @param server address below which the paths of the protocol lie
   * @param trust whose packages are believed
   */
  public static Builder builder(Path directory, URI server, Trust trust) {
    return new Builder(directory, server, trust);
  }

  public Path directory() {
    return directory;
  }

  public URI server() {
    return server;
  }

  public Trust trust() {
    return trust;
  }

  /** The transport; empty: OkHttp with the timeouts of these options. */
  public Optional<Transport> transport() {
    return transport;
  }

  public Duration connectTimeout() {
    return connectTimeout;
  }

  public Duration stallTimeout() {
    return stallTimeout;
  }

  public RateFloor rateFloor() {
    return rateFloor;
  }

  public RetryPolicy retryPolicy() {
    return retryPolicy;
  }

  public TransferRule rule() {
    return rule;
  }

  public Ticker ticker() {
    return ticker;
  }

  /** Where listeners are called; empty: a thread of the SDK. */
  public Optional<Executor> callbacks() {
    return callbacks;
  }

  public ModelListener listener() {
    return listener;
  }

  /** Most bytes of the chunk store. */
  public long byteBudget() {
    return byteBudget;
  }

  /** What is asked for unless a pull says otherwise. */
  public Wishes wishes() {
    return wishes;
  }

  /** What a pull asks with unless it says otherwise, in place of the wishes. */
  public Optional<Situation> situation() {
    return situation;
  }

  /** What a pull asks for unless it says otherwise. */
  Asked asked() {
    return situation.isPresent()
        ? new Asked.BySituation(situation.get(), Optional.empty())
        : new Asked.ByWishes(wishes);
  }

  public int transfers() {
    return transfers;
  }

  /** The options of a model's runtime. */
  RuntimeOptions.Builder runtimeOptions() {
    return runtime.apply(RuntimeOptions.builder());
  }

  /** What a new version must pass; empty: it must answer the latest inputs with finite values. */
  public Optional<HealthCheck> healthCheck() {
    return healthCheck;
  }

  /** When reported outcomes roll a version back; empty: never. */
  public Optional<AccuracyRule> accuracyRule() {
    return accuracyRule;
  }

  public Duration rollbackWindow() {
    return rollbackWindow;
  }

  public Duration swapLimit() {
    return swapLimit;
  }

  /** How long an inference waits for a model that is arriving; empty: for ever. */
  public Optional<Duration> waitLimit() {
    return waitLimit;
  }

  /** How long an inference waits for the server's part of it. */
  public Duration assistLimit() {
    return assistLimit;
  }

  public boolean acceptOlderVersions() {
    return acceptOlderVersions;
  }

  /** Of the jitter of waits; empty: another one in every process. */
  public Optional<Long> seed() {
    return seed;
  }

  /** Collects options; each method returns the builder. */
  public static final class Builder {

    private final Path directory;
    private final URI server;
    private final Trust trust;
    private Optional<Transport> transport = Optional.empty();
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private Duration stallTimeout = DEFAULT_STALL_TIMEOUT;
    private RateFloor rateFloor = RateFloor.DEFAULT;
    private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
    private TransferRule rule = TransferRule.ALWAYS;
    private Ticker ticker = Ticker.SYSTEM;
    private Optional<Executor> callbacks = Optional.empty();
    private ModelListener listener = ModelListener.NONE;
    private long byteBudget = DEFAULT_BYTE_BUDGET;
    private Wishes wishes = Wishes.everything();
    private Optional<Situation> situation = Optional.empty();
    private int transfers = DEFAULT_TRANSFERS;
    private UnaryOperator<RuntimeOptions.Builder> runtime = builder -> builder;
    private Optional<HealthCheck> healthCheck = Optional.empty();
    private Optional<AccuracyRule> accuracyRule = Optional.of(AccuracyRule.DEFAULT);
    private Duration rollbackWindow = DEFAULT_ROLLBACK_WINDOW;
    private Duration swapLimit = DEFAULT_SWAP_LIMIT;
    private Optional<Duration> waitLimit = Optional.empty();
    private Duration assistLimit = DEFAULT_ASSIST_LIMIT;
    private boolean acceptOlderVersions;
    private Optional<Long> seed = Optional.empty();

    private Builder(Path directory, URI server, Trust trust) {
      this.directory = Objects.requireNonNull(directory);
      this.server = Objects.requireNonNull(server);
      this.trust = Objects.requireNonNull(trust);
      boolean http = "http".equals(server.getScheme()) || "https".equals(server.getScheme());
      if (!http || server.getHost() == null) {
        throw new IllegalArgumentException(
            "'" + server + "' is not the address of a server.\nMaybe it lacks 'http://'.");
      }
    }

    /** Taken over and closed with the SDK. OkHttp unless set. */
    public Builder transport(Transport some) {
      transport = Optional.of(some);
      return this;
    }

    /** {@link #DEFAULT_CONNECT_TIMEOUT} unless set. */
    public Builder connectTimeout(Duration time) {
      connectTimeout = requirePositive("connect timeout", time);
      return this;
    }

    /** {@link #DEFAULT_STALL_TIMEOUT} unless set. */
    public Builder stallTimeout(Duration time) {
      stallTimeout = requirePositive("stall timeout", time);
      return this;
    }

    /** {@link RateFloor#DEFAULT} unless set. */
    public Builder rateFloor(RateFloor floor) {
      rateFloor = Objects.requireNonNull(floor);
      return this;
    }

    /** {@link RetryPolicy#DEFAULT} unless set. */
    public Builder retryPolicy(RetryPolicy policy) {
      retryPolicy = Objects.requireNonNull(policy);
      return this;
    }

    /** {@link TransferRule#ALWAYS} unless set. */
    public Builder rule(TransferRule some) {
      rule = Objects.requireNonNull(some);
      return this;
    }

    /** {@link Ticker#SYSTEM} unless set. */
    public Builder ticker(Ticker some) {
      ticker = Objects.requireNonNull(some);
      return this;
    }

    /** Stays the caller's. A thread of the SDK unless set. */
    public Builder callbacks(Executor executor) {
      callbacks = Optional.of(executor);
      return this;
    }

    /** {@link ModelListener#NONE} unless set. */
    public Builder listener(ModelListener some) {
      listener = Objects.requireNonNull(some);
      return this;
    }

    /** {@link #DEFAULT_BYTE_BUDGET} unless set. */
    public Builder byteBudget(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("A budget of " + bytes + " bytes leaves no room.");
      }
      byteBudget = bytes;
      return this;
    }

    /** Everything unless set. What is held is added by the SDK. */
    public Builder wishes(Wishes some) {
      wishes = Objects.requireNonNull(some);
      return this;
    }

    /**
     * Lets the server decide from the device's situation what is pulled, in place of the wishes.
     * What is held, the free storage, the device's speed and what was measured of the link is added
     * by the SDK where it is not told.
     */
    public Builder situation(Situation some) {
      situation = Optional.of(some);
      return this;
    }

    /** {@link #DEFAULT_TRANSFERS} unless set. */
    public Builder transfers(int atATime) {
      if (atATime < 1) {
        throw new IllegalArgumentException("At least 1 transfer at a time, not " + atATime);
      }
      transfers = atATime;
      return this;
    }

    /** Changes the options of every model's runtime; its listener is the SDK's. */
    public Builder runtime(UnaryOperator<RuntimeOptions.Builder> change) {
      runtime = Objects.requireNonNull(change);
      return this;
    }

    /** Finite answers to the latest inputs unless set. */
    public Builder healthCheck(HealthCheck check) {
      healthCheck = Optional.of(check);
      return this;
    }

    /**
     * {@link AccuracyRule#DEFAULT} unless set; empty: reports roll nothing back. Without reports,
     * see {@link Model#report(double)}, nothing happens either way.
     */
    public Builder accuracyRule(Optional<AccuracyRule> rule) {
      accuracyRule = Objects.requireNonNull(rule);
      return this;
    }

    /** {@link #DEFAULT_ROLLBACK_WINDOW} unless set. */
    public Builder rollbackWindow(Duration time) {
      rollbackWindow = Objects.requireNonNull(time);
      return this;
    }

    /** {@link #DEFAULT_SWAP_LIMIT} unless set. */
    public Builder swapLimit(Duration time) {
      swapLimit = requirePositive("swap limit", time);
      return this;
    }

    /** None unless set. */
    public Builder waitLimit(Duration time) {
      waitLimit = Optional.of(requirePositive("wait limit", time));
      return this;
    }

    /** {@link #DEFAULT_ASSIST_LIMIT} unless set. */
    public Builder assistLimit(Duration time) {
      assistLimit = requirePositive("limit for a server's part", time);
      return this;
    }

    /**
     * Whether a version that served before may replace a later one. Off unless set: whoever stands
     * between could otherwise bring an old fault back.
     */
    public Builder acceptOlderVersions(boolean accept) {
      acceptOlderVersions = accept;
      return this;
    }

    /** Makes the jitter of waits repeatable. */
    public Builder seed(long value) {
      seed = Optional.of(value);
      return this;
    }

    private static Duration requirePositive(String name, Duration time) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException(
            "The " + name + " is " + time + "; it must be positive.");
      }
      return time;
    }

    public DeviceOptions build() {
      return new DeviceOptions(this);
    }
  }
}
