package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX file as it is, in the engine that the models of this module share: for comparing a
 * sub-model with its root. Safe for use by several threads.
 */
public final class GraphRun implements AutoCloseable {

  private static final String SHRINK = "memory.enable_memory_arena_shrinkage";

  private final String name;
  private final Optional<GiveBack> memory;
  private final OrtSession session;

  private GraphRun(String name, Optional<GiveBack> memory, OrtSession session) {
    this.name = name;
    this.memory = memory;
    this.session = session;
  }

  /**
   * Opens a graph; external weights are looked for beside it.
   *
   * @throws InferenceException if the engine refuses it
   */
  public static GraphRun open(Path file, Optimisation optimisation) {
    return open(file, optimisation, file.toString(), Optional.empty());
  }

  /**
   * Opens a graph for a server: errors call it by a name, not by its file, and the memory that
   * large values took goes back to the system.
   *
   * @throws InferenceException if the engine refuses it
   */
  public static GraphRun open(Path file, Optimisation optimisation, String name) {
    return open(file, optimisation, name, Optional.of(new GiveBack()));
  }

  private static GraphRun open(
      Path file, Optimisation optimisation, String name, Optional<GiveBack> memory) {
    OnnxEnvironment environment = OnnxEnvironment.get();
    try (SessionOptions options = environment.options(optimisation)) {
      return new GraphRun(
          name, memory, environment.environment().createSession(file.toString(), options));
    } catch (OrtException e) {
      throw Engine.failure(name + " cannot be opened", e);
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
    return run(inputs, Long.MAX_VALUE);
  }

  /**
   * Runs the graph.
   *
   * @param inputs a value for each input
   * @param mostBytes of the outputs together
   * @return all outputs by name, copies
   * @throws InferenceException if the inputs do not fit or the graph cannot run; INPUT if they make
   *     larger outputs
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs, long mostBytes) {
    try (EngineValues values = new EngineValues();
        RunOptions options = new RunOptions()) {
      if (memory.filter(some -> some.after(bytes(inputs))).isPresent()) {
        options.addRunConfigEntry(SHRINK, "cpu:0");
      }
      Map<String, OnnxTensor> fed = new HashMap<>();
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        values.put(input.getKey(), input.getValue());
        OnnxTensor value = values.get(input.getKey());
        if (value != null) {
          fed.put(input.getKey(), value);
        }
      }
      try (EngineValues results = new EngineValues()) {
        results.takeAll(session.run(fed, options));
        requireAtMost(mostBytes, results.bytes());
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (String output : session.getOutputNames()) {
          outputs.put(output, results.export(output));
        }
        return outputs;
      }
    } catch (OrtException e) {
      throw Engine.failure(name + " cannot run", e);
    }
  }

  private static long bytes(Map<String, Tensor> values) {
    return values.values().stream().mapToLong(value -> value.bytes().remaining()).sum();
  }

  private void requireAtMost(long most, long bytes) {
    if (bytes > most) {
      throw InferenceException.input(
          name
              + " answers with "
              + bytes
              + " bytes; at most "
              + most
              + " are possible.\nMaybe ask with fewer samples at a time, or with smaller ones.");
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw Engine.failure(name + " cannot be closed", e);
    }
  }
}
