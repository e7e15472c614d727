package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelRuntime.Current;
import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.Answer.Origin;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Partial;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import dev.insitu.runtime.features.FeatureWriter;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Inferences of which a server computes a part: behind the cut of the plan, or behind the segments
 * that have arrived while the others are on their way. Only what may leave the device is sent. When
 * the server does not answer, what is on the device does, if it can. Thread-safe.
 */
final class HandOver {

  private static final Duration FOREVER = Duration.ofDays(1000);
  private static final long POLL_MILLIS = 5;
  private static final long PAUSE_NANOS = 1_000_000_000; // after a failure, if an exit can answer

  private final DeviceContext device;
  private final ModelName name;
  private final ModelRuntime runtime;
  private final ModelTransfers transfers;
  private final InferClient client;
  private final FeatureWriter writer;
  private volatile long failedAt = System.nanoTime() - PAUSE_NANOS;

  HandOver(
      DeviceContext device,
      ModelName name,
      ModelRuntime runtime,
      ModelTransfers transfers,
      InferClient client) {
    this.device = device;
    this.name = name;
    this.runtime = runtime;
    this.transfers = transfers;
    this.client = client;
    this.writer = new FeatureWriter(System::nanoTime);
  }

  /**
   * One inference.
   *
   * @param inputs checked nowhere yet
   * @param asked the policy of exits; empty for that of the options
   * @param limit for waiting for segments; empty for none
   * @return empty if the device is to compute alone
   * @throws DeviceException ASSISTANCE if the server did not answer and the device cannot
   */
  Optional<Answer> answer(
      Map<String, Tensor> inputs, Optional<ExitPolicy> asked, Optional<Duration> limit) {
    Optional<Assist> assist = device.catalog.get(name).assist();
    if (assist.isEmpty()) {
      return Optional.empty();
    }
    Optional<Current> current = runtime.current();
    if (current.isEmpty()) {
      return assist.get().inputsMayLeave() ? wholly(inputs, assist.get()) : Optional.empty();
    }
    Loaded loaded = current.get().loaded();
    if (loaded.inFile() || !loaded.manifest().isWhole()) {
      return Optional.empty(); // its features would not be those of the server's segments
    }
    return current
        .get()
        .slots()
        .use(model -> {
          OptionalInt cut = cut(model, assist.get());
          return cut.isEmpty() || model.manifest() != loaded.manifest()
              ? Optional.empty()
              : divided(
                  model,
                  loaded.digest(),
                  cut.getAsInt(),
                  assist.get(),
                  inputs,
                  asked.orElse(model.exitPolicy()),
                  limit);
        });
  }

  /** Where to hand over now; empty if the device is to compute alone, or to wait. */
  private OptionalInt cut(ProgressiveModel model, Assist assist) {
    boolean planned = assist.isDivided();
    if (!planned && model.canAnswer()) {
      return OptionalInt.empty();
    }
    int runs = model.runnableSegments();
    if (runs == model.manifest().segments().size()) {
      return OptionalInt.empty();
    }
    int cut = planned ? Math.min(runs, assist.before().getAsInt()) : runs;
    if (cut > 0 || assist.inputsMayLeave()) {
      return OptionalInt.of(cut);
    }
    if (planned) {
      return assist.before(); // waits for its own segments
    }
    boolean comes = transfers.isRunning() && model.manifest().segments().size() > 1;
    return comes ? OptionalInt.of(1) : OptionalInt.empty(); // inputs do not leave
  }

  /** Waits as long as a pull for which a server may compute has no plan yet. */
  void awaitPlan(Optional<Duration> limit) {
    long begin = System.nanoTime();
    long most = limit.orElse(FOREVER).toNanos();
    while (transfers.mayBeAssisted()
        && device.catalog.get(name).assist().isEmpty()
        && System.nanoTime() - begin < most) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return; // the waits that follow end at once
      }
    }
  }

  /** Whether nothing can be handed over before something of the model is here, which comes. */
  boolean needsModel() {
    return transfers.isRunning()
        && device.catalog.get(name).assist().filter(assist -> !assist.inputsMayLeave()).isPresent();
  }

  private Optional<Answer> divided(
      ProgressiveModel model,
      Digest manifest,
      int cut,
      Assist assist,
      Map<String, Tensor> inputs,
      ExitPolicy policy,
      Optional<Duration> limit) {
    if (System.nanoTime() - failedAt < PAUSE_NANOS && model.answeringDepth() > 0) {
      return Optional.of(withoutServer(model, inputs, limit));
    }
    Partial partial = model.until(cut, inputs, policy, limit.orElse(FOREVER));
    if (partial.answer().isPresent()) {
      return partial.answer();
    }
    try {
      InferRequest request = request(model.manifest(), manifest, cut, assist, partial.values());
      Map<String, Tensor> outputs = outputs(model.manifest(), client.infer(request));
      failedAt = System.nanoTime() - PAUSE_NANOS;
      return Optional.of(
          new Answer(
              outputs, cut, OptionalInt.empty(), share(model.manifest(), cut), Origin.SERVER));
    } catch (IOException | ElasticException e) {
      failedAt = System.nanoTime();
      return alone(model, inputs, assist, limit, e);
    }
  }

  private InferRequest request(
      Manifest model, Digest manifest, int cut, Assist assist, Map<String, Tensor> values) {
    Part part = Part.from(cut, manifest);
    Map<String, Tensor> crossing = new LinkedHashMap<>();
    for (String value : Cuts.of(model).before(cut)) {
      Tensor some = values.get(value);
      if (some != null) {
        crossing.put(value, some);
      }
    }
    return request(part, crossing, cut == 0 ? assist.inputBits() : assist.bits(), assist);
  }

  private InferRequest request(Part part, Map<String, Tensor> values, int bits, Assist assist) {
    try {
      return InferRequest.ofFeatures(part, writer.write(values, bits, uplink(assist)));
    } catch (InferenceException e) { // not finite: they go as they are
      return InferRequest.ofFeatures(part, FeatureCodec.encode(values, FeatureCodec.EXACT));
    }
  }

  /** Bytes in a second, as measured, else as the plan has it. */
  private OptionalDouble uplink(Assist assist) {
    Optional<Estimate> measured = device.link.channel().uplinkBitsPerSecond();
    if (measured.isPresent()) {
      return OptionalDouble.of(measured.get().mean() / 8);
    }
    OptionalDouble told = assist.uplinkBitsPerSecond();
    return told.isPresent() ? OptionalDouble.of(told.getAsDouble() / 8) : told;
  }

  /** In the model's order. */
  private static Map<String, Tensor> outputs(Manifest model, Map<String, Tensor> sent)
      throws IOException {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (ValueSpec output : model.outputs()) {
      Tensor value = sent.get(output.name());
      if (value == null) {
        throw new IOException("the server's answer has no output '" + output.name() + "'");
      }
      outputs.put(output.name(), value);
    }
    return outputs;
  }

  private static OptionalDouble share(Manifest model, int cut) {
    double all = model.macs();
    return all > 0 ? OptionalDouble.of(model.macs(cut) / all) : OptionalDouble.empty();
  }

  /**
   * Without the server: the deepest exit that can run, or will, as all of it is here; empty if the
   * rest is on its way.
   */
  private Optional<Answer> alone(
      ProgressiveModel model,
      Map<String, Tensor> inputs,
      Assist assist,
      Optional<Duration> limit,
      Exception problem) {
    boolean here = runtime.serving().filter(some -> some.usable().answeringDepth() > 0).isPresent();
    if (model.answeringDepth() > 0 || here) {
      return Optional.of(withoutServer(model, inputs, limit));
    }
    if (assist.before().isEmpty() && transfers.isRunning()) {
      return Optional.empty();
    }
    throw failed(problem);
  }

  private static Answer withoutServer(
      ProgressiveModel model, Map<String, Tensor> inputs, Optional<Duration> limit) {
    return model.answerSoonest(inputs, limit.orElse(FOREVER)).from(Origin.DEVICE_WITHOUT_SERVER);
  }

  /**
   * The server computes all: nothing of the model is here, not even the order of several inputs, in
   * which they would have to be coded.
   */
  private Optional<Answer> wholly(Map<String, Tensor> inputs, Assist assist) {
    try {
      boolean coded = inputs.size() == 1 && assist.inputBits() != FeatureCodec.EXACT;
      InferRequest request =
          coded
              ? request(Part.WHOLE, inputs, assist.inputBits(), assist)
              : InferRequest.of(Part.WHOLE, inputs);
      Map<String, Tensor> outputs = client.infer(request);
      return Optional.of(
          new Answer(outputs, 0, OptionalInt.empty(), OptionalDouble.of(0), Origin.SERVER));
    } catch (IOException | ElasticException e) {
      if (transfers.isRunning()) {
        return Optional.empty();
      }
      throw failed(e);
    }
  }

  private DeviceException failed(Exception problem) {
    return new DeviceException(
        Reason.ASSISTANCE,
        "The server did not compute its part of '"
            + name
            + "', and nothing on the device can answer alone: "
            + problem.getMessage()
            + "\nMaybe pull a depth with an exit, or all of the model.",
        problem);
  }
}
