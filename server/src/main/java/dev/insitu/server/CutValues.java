package dev.insitu.server;

import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.model.GraphValues;
import dev.insitu.model.ValueInfo;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Types and shapes of what crosses the cuts of a package, as its graphs declare them. */
final class CutValues {

  private CutValues() {}

  /**
   * The values at a cut: the model's inputs before the first segment, its outputs behind the last.
   *
   * @param cut 0 to the number of segments
   * @return in the order of {@link Cuts}; without a shape where the graphs do not tell it
   */
  static List<ValueSpec> at(Manifest manifest, int cut) {
    if (cut == 0) {
      return manifest.inputs();
    }
    if (cut == manifest.segments().size()) {
      return manifest.outputs();
    }
    List<String> names = Cuts.of(manifest).before(cut);
    Map<String, ValueSpec> known = new HashMap<>();
    for (SegmentSpec segment : manifest.segments().subList(cut, manifest.segments().size())) {
      if (!known.keySet().containsAll(names)) {
        GraphValues.inputs(bytes(segment.graph()))
            .forEach(value -> known.putIfAbsent(value.name(), spec(value)));
      }
    }
    manifest.inputs().forEach(input -> known.put(input.name(), input));
    manifest.outputs().forEach(output -> known.put(output.name(), output));
    return names.stream()
        .map(name -> known.getOrDefault(name, new ValueSpec(name, 0, List.of(), false)))
        .toList();
  }

  /** Of the values at a cut those that something behind it reads. */
  static List<ValueSpec> crossing(Manifest manifest, int cut) {
    List<String> names = Cuts.of(manifest).before(cut);
    return at(manifest, cut).stream().filter(value -> names.contains(value.name())).toList();
  }

  private static ValueSpec spec(ValueInfo value) {
    long[] dims = value.dims();
    return dims == null
        ? new ValueSpec(value.name(), value.elementType(), List.of(), false)
        : new ValueSpec(
            value.name(), value.elementType(), Arrays.stream(dims).boxed().toList(), true);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
