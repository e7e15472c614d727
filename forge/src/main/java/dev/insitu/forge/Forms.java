package dev.insitu.forge;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.JoinedTensor;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.WeightLayout;
import dev.insitu.elastic.WidthForm;
import dev.insitu.elastic.WidthTable;
import dev.insitu.model.Segment;
import dev.insitu.model.WeightLocator;
import dev.insitu.model.WidthGraphs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes the forms of a package: the graphs of every width over the tensors that it uses. */
final class Forms {

  private final PackageTensors tensors;
  private final List<TensorSpec> specs;
  private final WidthPlan widths;
  private final Set<Integer> weights;
  private final WidthTable layouts; // with forms that have no graphs yet

  /**
   * @param specs of the tensors
   * @param weights that the whole width uses in segments and heads
   */
  Forms(PackageTensors tensors, List<TensorSpec> specs, WidthPlan widths, Set<Integer> weights) {
    this.tensors = tensors;
    this.specs = specs;
    this.widths = widths;
    this.weights = weights;
    List<JoinedTensor> joined = tensors.joined();
    List<WidthForm> bare =
        widths.narrower().stream()
            .map(some ->
                new WidthForm(some.permille(), List.of(), List.of(), ByteBuffer.allocate(0)))
            .toList();
    this.layouts = bare.isEmpty() ? WidthTable.NONE : new WidthTable(tensors.axes(), joined, bare);
  }

  /**
   * The narrower forms.
   *
   * @param places the segments that the exits follow
   */
  WidthTable table(List<Integer> places) {
    List<WidthForm> forms = new ArrayList<>();
    for (int width = 0; width < widths.narrower().size(); width++) {
      forms.add(form(width, places));
    }
    return forms.isEmpty()
        ? WidthTable.NONE
        : new WidthTable(layouts.axes(), layouts.joined(), forms);
  }

  private WidthForm form(int width, List<Integer> places) {
    WidthGraphs graphs = widths.narrower().get(width).graphs();
    WeightLocator locator = locator(width);
    List<SegmentSpec> segments =
        graphs.segments().stream()
            .map(segment -> spec(segment, width, graphs.graph(segment, locator)))
            .toList();
    List<ExitSpec> exits =
        IntStream.range(0, places.size())
            .mapToObj(i -> {
              Segment head = graphs.heads().get(i);
              return new ExitSpec(places.get(i), spec(head, width, graphs.graph(head, locator)));
            })
            .toList();
    byte[] fused = segments.size() == 1 ? new byte[0] : graphs.wholeGraph(locator);
    return new WidthForm(
        widths.narrower().get(width).permille(), segments, exits, ByteBuffer.wrap(fused));
  }

  /** A segment or head at a width. */
  SegmentSpec spec(Segment segment, int width, byte[] graph) {
    return SegmentSpec.of(
        segment.inputs(),
        segment.outputs(),
        tensorsOf(segment, width),
        segment.profile().macs(),
        segment.profile().activationBytes(),
        graph);
  }

  private int[] tensorsOf(Segment segment, int width) {
    return tensors.tensorsOf(IntStream.of(segment.weightIndices()).boxed().toList(), width);
  }

  /** Where the weights of a width lie in its weight file, by number of the weight. */
  WeightLocator locator(int width) {
    if (widths.narrower().isEmpty()) {
      return new BlockTable(specs)::offset;
    }
    WeightLayout layout = WeightLayout.of(specs, layouts, width, used(width));
    return weight -> layout.offset(tensors.firstOf(weight));
  }

  private BitSet used(int width) {
    Set<Integer> some = weights;
    if (width < widths.narrower().size()) {
      WidthGraphs graphs = widths.narrower().get(width).graphs();
      some =
          Stream.concat(graphs.segments().stream(), graphs.heads().stream())
              .flatMapToInt(segment -> IntStream.of(segment.weightIndices()))
              .boxed()
              .collect(Collectors.toSet());
    }
    BitSet used = new BitSet();
    IntStream.of(tensors.tensorsOf(some, width)).forEach(used::set);
    return used;
  }
}
