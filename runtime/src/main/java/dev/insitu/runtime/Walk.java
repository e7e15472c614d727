package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.ExitPolicy;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Inference: segment after segment, waiting before each until it can run. When all segments can run
 * at its start, an inference uses one set of sessions throughout.
 */
final class Walk {

  private final Manifest manifest;
  private final Parts parts;
  private final Dataflow dataflow;
  private final CurrentSessions sessions;
  private final ExitJudge judge;

  Walk(Manifest manifest, Parts parts, Dataflow dataflow, CurrentSessions sessions) {
    this.manifest = manifest;
    this.parts = parts;
    this.dataflow = dataflow;
    this.sessions = sessions;
    this.judge = new ExitJudge(manifest);
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
      if (whole != null && from == 0 && end == parts.segments()) {
        whole.run(inputs(values, given.keySet()), values);
      } else {
        for (int i = from; i < end; i++) {
          runPart(i, lease, values, deadline);
          dataflow.freedAfter(i).forEach(values::free);
        }
      }
      lease.end(); // copying out needs no session
      return export(values, dataflow.cut(end));
    }
  }

  /**
   * Runs the model from its inputs to the first exit that answers, or to the end.
   *
   * @param given the model's inputs, checked
   * @param deadline for waiting, by {@link System#nanoTime}
   */
  Answer answer(Route route, Map<String, Tensor> given, long deadline) {
    Load.begin();
    try (EngineValues values = new EngineValues();
        Lease lease = new Lease()) {
      put(given, values);
      int depth = begin(route, lease, deadline);
      GraphSession whole = lease.set().whole();
      if (whole != null && depth == parts.segments() && !asksBefore(depth, route.policy())) {
        whole.run(inputs(values, given.keySet()), values);
        return answer(values, lease, new End(-1, parts.segmentMacs()));
      }
      return answer(values, lease, walk(depth, route.policy(), lease, values, deadline));
    } finally {
      Load.end();
    }
  }

  /**
   * Runs the segments before a cut, unless an exit before it answers.
   *
   * @param given the model's inputs, checked
   * @param deadline for waiting, by {@link System#nanoTime}
   */
  Partial until(int cut, ExitPolicy policy, Map<String, Tensor> given, long deadline) {
    Load.begin();
    try (EngineValues values = new EngineValues();
        Lease lease = new Lease()) {
      put(given, values);
      if (cut > 0) {
        lease.exchange(sessions.leaseWith(0, deadline));
      }
      double macs = 0;
      for (int i = 0; i < cut; i++) {
        runPart(i, lease, values, deadline);
        macs += parts.get(i).macs();
        int exit = parts.exitAt(i + 1);
        if (exit >= 0 && isAsked(exit, policy, lease)) {
          int head = parts.head(exit);
          runPart(head, lease, values, deadline);
          macs += parts.get(head).macs();
          if (judge.answers(policy, exit, values)) {
            return new Partial(Optional.of(answer(values, lease, new End(exit, macs))), Map.of());
          }
          parts.get(head).outputs().forEach(values::free);
        }
        dataflow.freedBehindExit(i).forEach(values::free);
      }
      lease.end();
      return new Partial(Optional.empty(), export(values, dataflow.cut(cut)));
    } finally {
      Load.end();
    }
  }

  /** Leases the first sessions. Returns the depth at which the answer is to be made. */
  private int begin(Route route, Lease lease, long deadline) {
    if (!route.shallower()) {
      lease.exchange(sessions.leaseWith(0, deadline));
      return route.depth();
    }
    lease.exchange(sessions.leaseAnswering(route.depth(), deadline));
    return lease.set().answering(route.depth());
  }

  private boolean asksBefore(int depth, ExitPolicy policy) {
    for (int exit = 0; exit < parts.exits().size(); exit++) {
      if (parts.exits().get(exit).depth() < depth && judge.asks(policy, exit)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Where an inference ended.
   *
   * @param exit that answered; -1 if the last segment did
   * @param macs that were done
   */
  private record End(int exit, double macs) {}

  private End walk(int depth, ExitPolicy policy, Lease lease, EngineValues values, long deadline) {
    double macs = 0;
    for (int i = 0; i < depth; i++) {
      runPart(i, lease, values, deadline);
      macs += parts.get(i).macs();
      int exit = parts.exitAt(i + 1);
      boolean last = i + 1 == depth;
      if (exit >= 0 && (last || isAsked(exit, policy, lease))) {
        runPart(parts.head(exit), lease, values, deadline);
        macs += parts.get(parts.head(exit)).macs();
        if (last || judge.answers(policy, exit, values)) {
          return new End(exit, macs);
        }
        parts.get(parts.head(exit)).outputs().forEach(values::free);
      }
      dataflow.freedBehindExit(i).forEach(values::free);
    }
    return new End(-1, macs);
  }

  /** An exit on the way is asked if its head is there: nobody waits for it. */
  private boolean isAsked(int exit, ExitPolicy policy, Lease lease) {
    return judge.asks(policy, exit) && lease.set().canRun(parts.head(exit));
  }

  private void runPart(int part, Lease lease, EngineValues values, long deadline) {
    GraphSession session = lease.set().part(part);
    if (session == null) {
      lease.exchange(sessions.leaseWith(part, deadline));
      session = lease.set().requirePart(part);
    }
    session.run(inputs(values, parts.get(part).inputs()), values);
  }

  private Answer answer(EngineValues values, Lease lease, End end) {
    lease.end(); // copying out needs no session
    int exit = end.exit();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < manifest.outputs().size(); i++) {
      String name = manifest.outputs().get(i).name();
      String made = exit < 0 ? name : parts.exits().get(exit).head().outputs().get(i);
      outputs.put(name, values.export(made));
    }
    double whole = parts.segmentMacs();
    OptionalDouble share =
        whole > 0 ? OptionalDouble.of(end.macs() / whole) : OptionalDouble.empty();
    return exit < 0
        ? new Answer(outputs, parts.segments(), OptionalInt.empty(), share)
        : new Answer(outputs, parts.exits().get(exit).depth(), OptionalInt.of(exit), share);
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
