package dev.insitu.model;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The graphs of a model and its heads at a smaller width: the segments for the cuts of the whole
 * width, a graph for each head, and all segments in one.
 */
public final class WidthGraphs {

  private final SegmentPlan plan;
  private final List<Segment> heads = new ArrayList<>();
  private final SegmentGraphs parts;
  private final SegmentGraphs whole;

  /**
   * @param narrow the narrower model with its heads, made of {@link HeadedModel}
   * @param root the model at the whole width, without heads
   * @param segments the root's
   * @param headGraphs the heads at the whole width
   * @throws OnnxException if nothing is left of a segment
   */
  public WidthGraphs(
      OnnxModel narrow, OnnxModel root, SegmentPlan segments, List<HeadGraph> headGraphs) {
    OnnxModel bare = withoutHeads(narrow, root);
    this.plan = Segmenter.divideLike(bare, SegmentOptions.DEFAULT, root, segments.cuts());
    for (HeadGraph head : headGraphs) {
      Set<String> from = new HashSet<>(narrow.index().inputs());
      for (int i = 0; i <= head.after(); i++) {
        from.addAll(plan.segments().get(i).outputs());
      }
      heads.add(Segmenter.between(narrow, SegmentOptions.DEFAULT, from, head.outputs()));
    }
    this.parts = new SegmentGraphs(narrow, plan);
    this.whole = new SegmentGraphs(bare, plan);
  }

  /** The same nodes with the root's outputs only, so that those of heads are dead. */
  private static OnnxModel withoutHeads(OnnxModel narrow, OnnxModel root) {
    ModelProto skeleton = narrow.skeleton();
    GraphProto.Builder graph = skeleton.getGraph().toBuilder().clearOutput();
    graph.addAllOutput(root.skeleton().getGraph().getOutputList());
    return narrow.derived(skeleton.toBuilder().setGraph(graph).build(), narrow.weights());
  }

  /** The segments. */
  public List<Segment> segments() {
    return plan.segments();
  }

  /** The heads, each like a segment. */
  public List<Segment> heads() {
    return heads;
  }

  /** The graph of a segment or head, as {@link SegmentGraphs#segmentGraph}. */
  public byte[] graph(Segment segment, WeightLocator locator) {
    return parts.segmentGraph(segment, locator);
  }

  /** The graph of all segments, as {@link SegmentGraphs#wholeGraph}. */
  public byte[] wholeGraph(WeightLocator locator) {
    return whole.wholeGraph(locator);
  }
}
