package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.WidthTable;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.SegmentGraphs;
import dev.insitu.model.SegmentOptions;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.Segmenter;
import dev.insitu.model.ValueInfo;
import dev.insitu.model.WeightLocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** All of a manifest but its chunks: what the root is, its tensors, and its graph in segments. */
record Topology(
    Manifest.Header header,
    List<ValueSpec> inputs,
    List<ValueSpec> outputs,
    List<TensorSpec> tensors,
    List<SegmentSpec> segments,
    List<ExitSpec> exits,
    ByteBuffer fusedGraph,
    WidthTable widths) {

  /** Cuts the root into segments. */
  static SegmentPlan plan(OnnxModel root, ForgeOptions options) {
    SegmentOptions usual = SegmentOptions.DEFAULT;
    OptionalInt most = options.maxSegments();
    return Segmenter.group(
        root,
        most.isPresent() ? usual.withMaxSegments(most.getAsInt()).withMinSegmentBytes(0) : usual,
        options.cuts().at());
  }

  /**
   * Writes the graphs of the segments and heads at all widths.
   *
   * @param parent root that the model was re-trained from
   * @param specs of the package's tensors
   */
  static Topology of(
      OnnxModel root,
      SegmentPlan plan,
      Heads heads,
      WidthPlan widths,
      PackageTensors tensors,
      ForgeOptions options,
      Optional<Digest> parent,
      Digest reference,
      List<TensorSpec> specs) {
    Forms forms = forms(plan, heads, widths, tensors, specs);
    WidthTable table = forms.table(heads.places());
    int whole = widths.narrower().size();
    SegmentGraphs graphs = new SegmentGraphs(root, plan);
    WeightLocator locator = forms.locator(whole);
    List<SegmentSpec> segments = segments(graphs, plan, forms, whole);
    Manifest.Header header =
        new Manifest.Header(
            options.name(),
            options.version(),
            parent.orElseGet(() -> Digest.of(root.sha256())),
            parent,
            reference,
            WeightCoding.LEVELS,
            parent.isPresent());
    byte[] fused = segments.size() == 1 ? new byte[0] : graphs.wholeGraph(locator);
    return new Topology(
        header,
        valueSpecs(root.inputs()),
        valueSpecs(root.outputs()),
        specs,
        segments,
        heads.specs(tensors, locator, whole),
        ByteBuffer.wrap(fused),
        table);
  }

  /** The segments at a width. */
  static List<SegmentSpec> segments(
      SegmentGraphs graphs, SegmentPlan plan, Forms forms, int width) {
    WeightLocator locator = forms.locator(width);
    return plan.segments().stream()
        .map(segment -> forms.spec(segment, width, graphs.segmentGraph(segment, locator)))
        .toList();
  }

  /** The forms of a package. */
  static Forms forms(
      SegmentPlan plan,
      Heads heads,
      WidthPlan widths,
      PackageTensors tensors,
      List<TensorSpec> specs) {
    Set<Integer> used = new HashSet<>(heads.used());
    plan.segments().forEach(s -> IntStream.of(s.weightIndices()).forEach(used::add));
    return new Forms(tensors, specs, widths, used);
  }

  /** With tensors of the same types and sizes, coded in other ways. */
  Topology withTensors(List<TensorSpec> others) {
    return new Topology(header, inputs, outputs, others, segments, exits, fusedGraph, widths);
  }

  /** The manifest with these chunks and nothing besides. */
  Manifest manifest(List<ChunkSpec> chunks) {
    return manifest(chunks, Optional.empty(), List.of(), Optional.empty());
  }

  /** The manifest with these chunks. */
  Manifest manifest(
      List<ChunkSpec> chunks,
      Optional<ObjectRef> profile,
      List<VersionDifference> differences,
      Optional<KeptRoot> keptRoot) {
    return new Manifest(
        header,
        inputs,
        outputs,
        tensors,
        segments,
        exits,
        fusedGraph,
        widths,
        chunks,
        profile,
        differences,
        keptRoot);
  }

  /** A model's values as packages describe them. */
  static List<ValueSpec> valueSpecs(List<ValueInfo> values) {
    return values.stream().map(Topology::valueSpec).toList();
  }

  private static ValueSpec valueSpec(ValueInfo value) {
    long[] dims = value.dims();
    List<Long> boxed = dims == null ? List.of() : Arrays.stream(dims).boxed().toList();
    return new ValueSpec(value.name(), value.elementType(), boxed, dims != null);
  }
}
