package dev.insitu.forge;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.WidthTable;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Segment;
import dev.insitu.model.SegmentGraphs;
import dev.insitu.model.SegmentOptions;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.Segmenter;
import dev.insitu.model.ValueInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** All of a manifest but its chunks: what the root is, its tensors, and its graph in segments. */
record Topology(
    Manifest.Header header,
    List<ValueSpec> inputs,
    List<ValueSpec> outputs,
    List<TensorSpec> tensors,
    List<SegmentSpec> segments,
    List<ExitSpec> exits,
    ByteBuffer fusedGraph) {

  /** Cuts the root into segments. */
  static SegmentPlan plan(OnnxModel root, ForgeOptions options) {
    SegmentOptions usual = SegmentOptions.DEFAULT;
    OptionalInt most = options.maxSegments();
    return Segmenter.group(
        root,
        most.isPresent() ? usual.withMaxSegments(most.getAsInt()).withMinSegmentBytes(0) : usual);
  }

  /** Writes the graphs of the segments and heads. */
  static Topology of(
      OnnxModel root,
      SegmentPlan plan,
      Heads heads,
      ForgeOptions options,
      Digest reference,
      List<TensorSpec> tensors) {
    BlockTable blocks = new BlockTable(tensors);
    SegmentGraphs graphs = new SegmentGraphs(root, plan);
    List<SegmentSpec> segments = new ArrayList<>();
    for (Segment segment : plan.segments()) {
      segments.add(
          SegmentSpec.of(
              segment.inputs(),
              segment.outputs(),
              segment.weightIndices(),
              segment.profile().macs(),
              segment.profile().activationBytes(),
              graphs.segmentGraph(segment, blocks::offset)));
    }
    Manifest.Header header =
        new Manifest.Header(
            options.name(),
            options.version(),
            options.parent().orElseGet(() -> Digest.of(root.sha256())),
            options.parent(),
            reference,
            WeightCoding.LEVELS,
            options.parent().isPresent());
    byte[] fused = segments.size() == 1 ? new byte[0] : graphs.wholeGraph(blocks::offset);
    return new Topology(
        header,
        valueSpecs(root.inputs()),
        valueSpecs(root.outputs()),
        tensors,
        segments,
        heads.specs(tensors),
        ByteBuffer.wrap(fused));
  }

  /** The manifest with these chunks. */
  Manifest manifest(
      List<ChunkSpec> chunks, Optional<ObjectRef> profile, List<VersionDifference> differences) {
    return new Manifest(
        header,
        inputs,
        outputs,
        tensors,
        segments,
        exits,
        fusedGraph,
        WidthTable.NONE,
        chunks,
        profile,
        differences);
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
