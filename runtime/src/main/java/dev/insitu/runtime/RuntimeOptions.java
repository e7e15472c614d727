package dev.insitu.runtime;

import dev.insitu.elastic.plan.ExitPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;

/** How a model is built and run. Immutable. */
public final class RuntimeOptions {

  public static final double DEFAULT_MAX_BUILD_SHARE = 0.5;
  public static final double DEFAULT_STANDBY_SHARE = 0.0625;
  public static final Duration DEFAULT_STANDBY_PATIENCE = Duration.ofSeconds(60);

  private final Optional<ScheduledExecutorService> builder;
  private final RuntimeListener listener;
  private final Optimisation opening;
  private final Optimisation refined;
  private final Optimisation fused;
  private final FusePolicy fusePolicy;
  private final OptionalLong layoutMemoryBytes;
  private final double maxBuildShare;
  private final boolean standby;
  private final double standbyShare;
  private final Duration standbyPatience;
  private final boolean freeSegmentsAfterUse;
  private final Map<String, Tensor> warmUpInputs;
  private final Optional<Duration> waitLimit;
  private final ExitPolicy exitPolicy;
  private final boolean answerFromExits;

  private RuntimeOptions(Builder from) {
    builder = from.builder;
    listener = from.listener;
    opening = from.opening;
    refined = from.refined;
    fused = from.fused;
    fusePolicy = from.fusePolicy;
    layoutMemoryBytes = from.layoutMemoryBytes;
    maxBuildShare = from.maxBuildShare;
    standby = from.standby;
    standbyShare = from.standbyShare;
    standbyPatience = from.standbyPatience;
    freeSegmentsAfterUse = from.freeSegmentsAfterUse;
    warmUpInputs = from.warmUpInputs;
    waitLimit = from.waitLimit;
    exitPolicy = from.exitPolicy;
    answerFromExits = from.answerFromExits;
  }

  /** What suits most devices. */
  public static RuntimeOptions defaults() {
    return builder().build();
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Decodes chunks and builds sessions; never more than one task of a model at a time. */
  public ScheduledExecutorService builderExecutor() {
    return builder.orElseGet(BuilderThread::shared);
  }

  public RuntimeListener listener() {
    return listener;
  }

  /** How far the first sessions of segments are optimised, for which an inference may wait. */
  public Optimisation opening() {
    return opening;
  }

  /** How far later sessions of segments are optimised, as far as memory allows. */
  public Optimisation refined() {
    return refined;
  }

  /** How far the one session of the whole graph is optimised. */
  public Optimisation fused() {
    return fused;
  }

  public FusePolicy fusePolicy() {
    return fusePolicy;
  }

  /**
   * Memory that joining the segments may take, in bytes; empty: half of what the system has free.
   */
  public OptionalLong layoutMemoryBytes() {
    return layoutMemoryBytes;
  }

  /** Largest share of time spent building better sessions while the model arrives, 0 to 1. */
  public double maxBuildShare() {
    return maxBuildShare;
  }

  /**
   * Whether the model is built beside one that serves, so that nobody waits for it: its first
   * session is that of the whole graph, where policy and memory allow one, and building it gives
   * way to inferences.
   */
  public boolean standby() {
    return standby;
  }

  /** Share of the time that a standby is built in while inferences run in this process, 0 to 1. */
  public double standbyShare() {
    return standbyShare;
  }

  /** How much later than without inferences a standby may be ready because it gives way to them. */
  public Duration standbyPatience() {
    return standbyPatience;
  }

  /**
   * Whether segments are loaded before and freed after each use, and no codes are held: for devices
   * with less memory than the model needs.
   */
  public boolean freeSegmentsAfterUse() {
    return freeSegmentsAfterUse;
  }

  /** Inputs to compare sessions with; empty: the latest ones seen. */
  public Map<String, Tensor> warmUpInputs() {
    return warmUpInputs;
  }

  /** How long an inference waits for segments unless it says otherwise; empty: for ever. */
  public Optional<Duration> waitLimit() {
    return waitLimit;
  }

  /** Which exits may answer early unless an inference says otherwise. */
  public ExitPolicy exitPolicy() {
    return exitPolicy;
  }

  /**
   * Whether the deepest exit that can run answers while the expected depth cannot run yet, instead
   * of the inference waiting.
   */
  public boolean answerFromExits() {
    return answerFromExits;
  }

  /** Collects options; each method returns the builder. */
  public static final class Builder {

    private Optional<ScheduledExecutorService> builder = Optional.empty();
    private RuntimeListener listener = RuntimeListener.NONE;
    private Optimisation opening = Optimisation.BASIC;
    private Optimisation refined = Optimisation.ALL;
    private Optimisation fused = Optimisation.ALL;
    private FusePolicy fusePolicy = FusePolicy.AUTO;
    private OptionalLong layoutMemoryBytes = OptionalLong.empty();
    private double maxBuildShare = DEFAULT_MAX_BUILD_SHARE;
    private boolean standby;
    private double standbyShare = DEFAULT_STANDBY_SHARE;
    private Duration standbyPatience = DEFAULT_STANDBY_PATIENCE;
    private boolean freeSegmentsAfterUse;
    private Map<String, Tensor> warmUpInputs = Map.of();
    private Optional<Duration> waitLimit = Optional.empty();
    private ExitPolicy exitPolicy = ExitPolicy.NONE;
    private boolean answerFromExits;

    private Builder() {}

    /** A process-wide thread of low priority unless set; the caller keeps and ends it. */
    public Builder builderExecutor(ScheduledExecutorService executor) {
      builder = Optional.of(executor);
      return this;
    }

    /** {@link RuntimeListener#NONE} unless set. */
    public Builder listener(RuntimeListener newListener) {
      listener = Objects.requireNonNull(newListener);
      return this;
    }

    /** Both for the first and for later sessions of segments. */
    public Builder streaming(Optimisation optimisation) {
      return opening(optimisation).refined(optimisation);
    }

    /** {@link Optimisation#BASIC} unless set. */
    public Builder opening(Optimisation optimisation) {
      opening = Objects.requireNonNull(optimisation);
      return this;
    }

    /** {@link Optimisation#ALL} unless set. */
    public Builder refined(Optimisation optimisation) {
      refined = Objects.requireNonNull(optimisation);
      return this;
    }

    /** {@link Optimisation#ALL} unless set. */
    public Builder fused(Optimisation optimisation) {
      fused = Objects.requireNonNull(optimisation);
      return this;
    }

    /** {@link FusePolicy#AUTO} unless set. */
    public Builder fusePolicy(FusePolicy policy) {
      fusePolicy = Objects.requireNonNull(policy);
      return this;
    }

    /** Half of what the system has free unless set. */
    public Builder layoutMemoryBytes(long bytes) {
      layoutMemoryBytes = OptionalLong.of(bytes);
      return this;
    }

    /** {@link #DEFAULT_MAX_BUILD_SHARE} unless set. */
    public Builder maxBuildShare(double share) {
      maxBuildShare = requireShare(share);
      return this;
    }

    private static double requireShare(double share) {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "A share of time is above 0 and at most 1, not " + share);
      }
      return share;
    }

    /** Off unless set; for models that go into {@link ModelSlots#swapIn}. */
    public Builder standby(boolean beside) {
      standby = beside;
      return this;
    }

    /** {@link #DEFAULT_STANDBY_SHARE} unless set. */
    public Builder standbyShare(double share) {
      standbyShare = requireShare(share);
      return this;
    }

    /** {@link #DEFAULT_STANDBY_PATIENCE} unless set. */
    public Builder standbyPatience(Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException("The patience is " + time + "; it cannot be negative.");
      }
      standbyPatience = time;
      return this;
    }

    /** Off unless set. */
    public Builder freeSegmentsAfterUse(boolean free) {
      freeSegmentsAfterUse = free;
      return this;
    }

    /** None unless set. */
    public Builder warmUpInputs(Map<String, Tensor> inputs) {
      warmUpInputs = Map.copyOf(inputs);
      return this;
    }

    /** None unless set. */
    public Builder waitLimit(Duration limit) {
      waitLimit = Optional.of(limit);
      return this;
    }

    /**
     * {@link ExitPolicy#NONE} unless set. With another one the segments stay apart: joined in one
     * session they could not answer in between.
     */
    public Builder exitPolicy(ExitPolicy policy) {
      exitPolicy = Objects.requireNonNull(policy);
      return this;
    }

    /** Off unless set. */
    public Builder answerFromExits(boolean answer) {
      answerFromExits = answer;
      return this;
    }

    public RuntimeOptions build() {
      return new RuntimeOptions(this);
    }
  }
}
