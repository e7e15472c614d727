package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One graph over the weights of one generation, as an engine session that is opened at the first
 * use and closed after the last. Holds its generation.
 */
final class GraphSession extends Shared {

  private final String what;
  private final Path graph;
  private final Optimisation optimisation;
  private final Generation generation;
  private final boolean closeAfterUse;
  private volatile @Nullable OrtSession session;
  private int users; // guarded by this, only counted if closeAfterUse

  /**
   * @param what names the graph in errors, as in "Segment 3 of model 'x'"
   * @param graph the graph's file, beside the weight file of {@code generation}
   * @param closeAfterUse whether the engine session lives only while an inference uses it
   */
  GraphSession(
      String what,
      Path graph,
      Optimisation optimisation,
      Generation generation,
      boolean closeAfterUse) {
    this.what = what;
    this.graph = graph;
    this.optimisation = optimisation;
    this.closeAfterUse = closeAfterUse;
    this.generation = generation;
    generation.retain();
  }

  Generation generation() {
    return generation;
  }

  /** Runs the graph; its outputs are added to {@code results}. The caller holds this session. */
  void run(Map<String, OnnxTensor> inputs, EngineValues results) {
    OrtSession engine = acquire();
    try {
      results.takeAll(engine.run(inputs));
    } catch (OrtException e) {
      throw Engine.failure(what + " cannot run", e);
    } finally {
      done();
    }
  }

  /** Opens the engine session now instead of at the first use, so that errors show here. */
  void open() {
    acquire();
    done();
  }

  private OrtSession acquire() {
    OrtSession open = session;
    return open != null && !closeAfterUse ? open : acquireSlowly();
  }

  private synchronized OrtSession acquireSlowly() {
    OrtSession open = session;
    if (open == null) {
      open = create();
      session = open;
    }
    users++;
    return open;
  }

  private void done() {
    if (closeAfterUse) {
      synchronized (this) {
        users--;
        if (users == 0) {
          closeSession();
        }
      }
    }
  }

  private OrtSession create() {
    OnnxEnvironment environment = OnnxEnvironment.get();
    try (SessionOptions options = environment.options(optimisation)) {
      return environment.environment().createSession(graph.toString(), options);
    } catch (OrtException e) {
      throw Engine.failure(what + " cannot be built", e);
    }
  }

  private void closeSession() {
    OrtSession open = session;
    session = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (OrtException e) {
      throw Engine.failure(what + " cannot be closed", e);
    }
  }

  @Override
  void dispose() {
    try {
      closeSession();
    } finally {
      generation.release();
    }
  }

  @Override
  public String toString() {
    return what;
  }
}
