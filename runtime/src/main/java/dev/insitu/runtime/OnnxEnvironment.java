package dev.insitu.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one ONNX Runtime environment of the process, with one thread pool for all sessions: many
 * sessions with a pool each would spin against one another and collapse.
 */
public final class OnnxEnvironment {

  private static final int MOST_THREADS = 256;
  private static final long START_STACK_BYTES = 256L << 20;

  private static int wanted;
  private static boolean spins = true;
  private static @Nullable OnnxEnvironment instance;

  private final OrtEnvironment environment;
  private final boolean sharedPool;
  private final int threads;

  private OnnxEnvironment(OrtEnvironment environment, boolean sharedPool, int threads) {
    this.environment = environment;
    this.sharedPool = sharedPool;
    this.threads = threads;
  }

  /**
   * Sets how many threads one inference may use, before the first model is made.
   *
   * @param threads 1 to 256; without this call one for each processor
   * @param spinning whether idle threads wait actively for a moment: faster for small models, at
   *     the price of energy and of whatever else runs; without this call they do
   * @throws IllegalStateException if the environment exists and is different
   */
  public static synchronized void configure(int threads, boolean spinning) {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException("1 to " + MOST_THREADS + " threads, not " + threads);
    }
    if (instance != null && (instance.threads != threads || spins != spinning)) {
      throw new IllegalStateException(
          "ONNX Runtime already has "
              + instance.threads
              + (spins ? " spinning" : " blocking")
              + " threads, asked for were "
              + threads
              + (spinning ? " spinning" : " blocking")
              + ".\nMaybe configure it before the first model is made.");
    }
    wanted = threads;
    spins = spinning;
  }

  /** How many threads one inference uses. */
  public static int threads() {
    return get().threads;
  }

  /** The version of the engine, as in {@code 1.29.0}. */
  public static String version() {
    return get().environment.getVersion();
  }

  static synchronized OnnxEnvironment get() {
    if (instance == null) {
      int count =
          wanted > 0 ? wanted : Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
      instance = onLargeStack(() -> create(count));
    }
    return instance;
  }

  /**
   * The engine matches the process's command line against a regular expression when it starts, and
   * recurses for every character: with a class path of a few thousand characters that ends the
   * process on a stack of 1 MiB.
   */
  private static OnnxEnvironment onLargeStack(Supplier<OnnxEnvironment> work) {
    FutureTask<OnnxEnvironment> task = new FutureTask<>(work::get);
    Thread thread = new Thread(null, task, "onnxruntime-start", START_STACK_BYTES);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true; // a second start would find an environment it cannot share
        }
      }
    } catch (ExecutionException e) {
      throw new InferenceException(
          InferenceException.Reason.ENGINE, "ONNX Runtime cannot start: " + e.getCause(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static OnnxEnvironment create(int threads) {
    try (OrtEnvironment.ThreadingOptions pool = new OrtEnvironment.ThreadingOptions()) {
      pool.setGlobalIntraOpNumThreads(threads);
      pool.setGlobalInterOpNumThreads(1);
      pool.setGlobalSpinControl(spins);
      return new OnnxEnvironment(
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "insitu", pool),
          true,
          threads);
    } catch (IllegalStateException e) { // the application made an environment of its own before
      return new OnnxEnvironment(OrtEnvironment.getEnvironment(), false, threads);
    } catch (OrtException e) {
      throw Engine.failure("ONNX Runtime cannot start", e);
    }
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** Options of a new session; the caller closes them. */
  SessionOptions options(Optimisation optimisation) throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setOptimizationLevel(optimisation.level());
      if (sharedPool) {
        options.disablePerSessionThreads();
      } else {
        options.setIntraOpNumThreads(threads);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
      }
      return options;
    } catch (OrtException e) {
      options.close();
      throw e;
    }
  }
}
