package dev.insitu.forge;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.insitu.runtime.OnnxEnvironment;
import java.nio.file.Path;
import java.util.List;

/** One graph in ONNX Runtime, for measuring. */
final class OnnxRun implements AutoCloseable {

  private final OrtSession session;

  private OnnxRun(OrtSession session) {
    this.session = session;
  }

  /**
   * Opens a graph; its weights stay mapped from the file beside it.
   *
   * @param small whether a second, faster form of the weights fits in memory too
   */
  static OnnxRun open(Path graph, boolean small) {
    OnnxEnvironment.threads(); // one thread pool for the process
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.disablePerSessionThreads();
      options.setOptimizationLevel(small ? OptLevel.ALL_OPT : OptLevel.BASIC_OPT);
      return new OnnxRun(
          OrtEnvironment.getEnvironment().createSession(graph.toString(), options));
    } catch (OrtException e) {
      throw new ForgeException("ONNX Runtime refuses the model: " + e.getMessage(), e);
    }
  }

  /** Runs the graph; its outputs are added to the values. */
  void run(List<String> inputs, OnnxValues values) {
    try {
      values.takeAll(session.run(values.feeds(inputs)));
    } catch (OrtException e) {
      throw new ForgeException("The model cannot be run on the samples: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new ForgeException("ONNX Runtime cannot close a session: " + e.getMessage(), e);
    }
  }
}
