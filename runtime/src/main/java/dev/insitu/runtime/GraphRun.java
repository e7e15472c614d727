package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX file as it is, in the engine that the models of this module share: for comparing a
 * sub-model with its root. Safe for use by several threads.
 */
public final class GraphRun implements AutoCloseable {

  private final Path file;
  private final OrtSession session;

  private GraphRun(Path file, OrtSession session) {
    this.file = file;
    this.session = session;
  }

  /**
   * Opens a graph; external weights are looked for beside it.
   *
   * @throws InferenceException if the engine refuses it
   */
  public static GraphRun open(Path file, Optimisation optimisation) {
    OnnxEnvironment environment = OnnxEnvironment.get();
    try (SessionOptions options = environment.options(optimisation)) {
      return new GraphRun(file, environment.environment().createSession(file.toString(), options));
    } catch (OrtException e) {
      throw Engine.failure(file + " cannot be opened", e);
    }
  }

  /** Names of the inputs. */
  public Set<String> inputs() {
    return session.getInputNames();
  }

  /**
   * Runs the graph.
   *
   * @param inputs a value for each input
   * @return all outputs by name, copies
   * @throws InferenceException if the inputs do not fit or the graph cannot run
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    try (EngineValues values = new EngineValues()) {
      Map<String, OnnxTensor> fed = new HashMap<>();
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        values.put(input.getKey(), input.getValue());
        OnnxTensor value = values.get(input.getKey());
        if (value != null) {
          fed.put(input.getKey(), value);
        }
      }
      try (EngineValues results = new EngineValues()) {
        results.takeAll(session.run(fed));
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (String output : session.getOutputNames()) {
          outputs.put(output, results.export(output));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw Engine.failure(file + " cannot run", e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw Engine.failure(file + " cannot be closed", e);
    }
  }
}
