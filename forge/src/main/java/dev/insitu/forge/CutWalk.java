package dev.insitu.forge;

import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Runs samples through the model as a device and a server would that divide it: at every cut what
 * crosses it is coded and decoded, and from there goes on by itself through the server's segments.
 * All of them go through a segment together, so that it is made only once.
 */
final class CutWalk {

  private static final long PASS_BYTES = 256L << 20; // of values held between segments

  private final Manifest manifest;
  private final SegmentWalk walk;
  private final Samples samples;
  private final List<Integer> bits;
  private final Cuts cuts;
  private final String output;

  /**
   * What came of one cut.
   *
   * @param bytes by precision: of all samples' messages
   * @param answers by precision, by sample: the values of the primary output
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Outcome(int cut, long[] bytes, List<List<float[]>> answers) {}

  /** The samples of a pass on their way from one cut, at one precision. */
  private record Stream(Outcome outcome, int precision, List<Map<String, Tensor>> values) {}

  CutWalk(Manifest manifest, SegmentWalk walk, Samples samples, List<Integer> bits) {
    this.manifest = manifest;
    this.walk = walk;
    this.samples = samples;
    this.bits = bits;
    this.cuts = Cuts.of(manifest);
    this.output = Evaluator.primaryOutput(manifest).name();
  }

  /**
   * Runs all samples, each alone, as a device meets them.
   *
   * @param device what the device has; the server has everything
   * @param first the cut to begin with
   * @throws dev.insitu.runtime.InferenceException if the engine refuses something, or a value that
   *     crosses is not finite
   */
  List<Outcome> run(SubModel device, int first) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (int cut = first; cut < manifest.segments().size(); cut++) {
      List<List<float[]>> answers = new ArrayList<>();
      bits.forEach(precision -> answers.add(new ArrayList<>()));
      outcomes.add(new Outcome(cut, new long[bits.size()], answers));
    }
    int perPass = Math.clamp(PASS_BYTES / bytesPerSample(), 1, samples.count());
    for (int from = 0; from < samples.count(); from += perPass) {
      pass(device, outcomes, from, Math.min(samples.count(), from + perPass));
    }
    return outcomes;
  }

  /** The most that a sample takes in all its forms, roughly. */
  private long bytesPerSample() {
    long inner =
        manifest.segments().stream().mapToLong(SegmentSpec::activationBytes).max().orElse(0);
    long inputs = samples.columns().values().stream().mapToLong(Column::sampleBytes).sum();
    return Math.max(1, inner + inputs) * (1 + (long) bits.size() * manifest.segments().size());
  }

  private void pass(SubModel device, List<Outcome> outcomes, int from, int to) throws IOException {
    List<Map<String, Tensor>> own = new ArrayList<>();
    for (int sample = from; sample < to; sample++) {
      own.add(inputs(sample));
    }
    SubModel server = SubModel.whole(manifest);
    List<Stream> streams = new ArrayList<>();
    for (int segment = 0; segment < manifest.segments().size(); segment++) {
      for (Outcome outcome : outcomes) {
        if (outcome.cut() == segment) {
          streams.addAll(crossing(outcome, own));
        }
      }
      Set<String> later = new HashSet<>(cuts.before(segment + 1));
      List<Map<String, Tensor>> remote = new ArrayList<>();
      streams.forEach(stream -> remote.addAll(stream.values()));
      SegmentSpec spec = manifest.segments().get(segment);
      walk.runStep(spec, later, server, remote);
      walk.runStep(spec, later, device, own);
    }
    for (Stream stream : streams) {
      List<float[]> answers = stream.outcome().answers().get(stream.precision());
      stream.values().forEach(values -> answers.add(answer(values)));
    }
  }

  private Map<String, Tensor> inputs(int sample) {
    Map<String, Tensor> values = new HashMap<>();
    for (ValueSpec input : manifest.inputs()) {
      Column column = samples.column(input.name());
      values.put(input.name(), Tensor.wrap(column.type(), column.slice(sample, 1), column.shape()));
    }
    return values;
  }

  private float[] answer(Map<String, Tensor> values) {
    Tensor answer = values.get(output);
    if (answer == null) {
      throw new ForgeException("The model makes no output '" + output + "'.");
    }
    return Evaluator.numbers(answer);
  }

  /** What the server sees of the device's values, at every precision. */
  private List<Stream> crossing(Outcome outcome, List<Map<String, Tensor>> own) {
    List<String> names = cuts.before(outcome.cut());
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < bits.size(); i++) {
      int precision = bits.get(i);
      List<byte[]> messages =
          IntStream.range(0, own.size())
              .parallel()
              .mapToObj(sample -> message(own.get(sample), names, precision))
              .toList();
      List<Map<String, Tensor>> seen =
          messages.parallelStream().map(message -> decoded(message, names)).toList();
      outcome.bytes()[i] += messages.stream().mapToLong(message -> message.length).sum();
      streams.add(new Stream(outcome, i, seen));
    }
    return streams;
  }

  private byte[] message(Map<String, Tensor> values, List<String> names, int precision) {
    Map<String, Tensor> sent = new LinkedHashMap<>();
    for (String name : names) {
      Tensor value = values.get(name);
      if (value == null) {
        throw new ForgeException("No segment makes '" + name + "', which crosses a cut.");
      }
      sent.put(name, value);
    }
    return FeatureCodec.encode(sent, precision);
  }

  private static Map<String, Tensor> decoded(byte[] message, List<String> names) {
    return FeatureCodec.decode(ByteBuffer.wrap(message), names, Long.MAX_VALUE);
  }
}
