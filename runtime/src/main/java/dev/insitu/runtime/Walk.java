package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.insitu.elastic.Manifest;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Inference: segment after segment, waiting before each until it can run. When all segments can run
 * at its start, an inference uses one set of sessions throughout.
 */
final class Walk {

  private final Manifest manifest;
  private final Dataflow dataflow;
  private final CurrentSessions sessions;

  Walk(Manifest manifest, Dataflow dataflow, CurrentSessions sessions) {
    this.manifest = manifest;
    this.dataflow = dataflow;
    this.sessions = sessions;
  }

  /**
   * Runs the segments {@code from} to {@code end - 1}.
   *
   * @param given the values at cut {@code from}, checked
   * @param deadline for waiting, by {@link System#nanoTime}
   * @return the values at cut {@code end}
   */
  Map<String, Tensor> run(int from, int end, Map<String, Tensor> given, long deadline) {
    Load.begin();
    try {
      return compute(from, end, given, deadline);
    } finally {
      Load.end();
    }
  }

  private Map<String, Tensor> compute(int from, int end, Map<String, Tensor> given, long deadline) {
    try (EngineValues values = new EngineValues();
        Lease lease = new Lease()) {
      put(given, values);
      if (from == end) {
        return export(values, dataflow.cut(end));
      }
      lease.exchange(sessions.leaseWith(from, deadline));
      GraphSession whole = lease.set().whole();
      if (whole != null && from == 0 && end == manifest.segments().size()) {
        whole.run(inputs(values, given.keySet()), values);
      } else {
        walk(from, end, lease, values, deadline);
      }
      lease.end(); // copying out needs no session
      return export(values, dataflow.cut(end));
    }
  }

  private void walk(int from, int end, Lease lease, EngineValues values, long deadline) {
    for (int i = from; i < end; i++) {
      GraphSession segment = lease.set().segment(i);
      if (segment == null) {
        lease.exchange(sessions.leaseWith(i, deadline));
        segment = lease.set().requireSegment(i);
      }
      segment.run(inputs(values, manifest.segments().get(i).inputs()), values);
      for (String dead : dataflow.freedAfter(i)) {
        values.free(dead);
      }
    }
  }

  private void put(Map<String, Tensor> given, EngineValues values) {
    for (Map.Entry<String, Tensor> value : given.entrySet()) {
      try {
        values.put(value.getKey(), value.getValue());
      } catch (OrtException e) {
        throw Engine.failure(
            "Value '" + value.getKey() + "' of model '" + manifest.name() + "' is refused", e);
      }
    }
  }

  private static Map<String, OnnxTensor> inputs(EngineValues values, Collection<String> names) {
    Map<String, OnnxTensor> inputs = new HashMap<>(2 * names.size());
    for (String name : names) {
      inputs.put(name, values.get(name));
    }
    return inputs;
  }

  private static Map<String, Tensor> export(EngineValues values, Collection<String> names) {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (String name : names) {
      outputs.put(name, values.export(name));
    }
    return outputs;
  }

  /** The one set that an inference holds. */
  private static final class Lease implements AutoCloseable {

    private @Nullable SessionSet set;

    SessionSet set() {
      if (set == null) {
        throw new IllegalStateException("nothing is leased");
      }
      return set;
    }

    void exchange(SessionSet next) {
      end();
      set = next;
    }

    @Override
    public void close() {
      end();
    }

    void end() {
      if (set != null) {
        SessionSet gone = set;
        set = null;
        gone.release();
      }
    }
  }
}
