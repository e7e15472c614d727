package dev.insitu.model;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A model that makes another model's outputs of values in its middle: a head for an early exit,
 * checked against the model it belongs to. All its names but those of its inputs get a prefix that
 * none of the model's names begins with.
 */
public final class HeadGraph {

  private final OnnxModel root;
  private final OnnxModel head;
  private final int after;
  private final Segment segment;
  private final SegmentPlan plan;
  private final String prefix;

  private HeadGraph(OnnxModel root, OnnxModel head, int after) {
    this.root = root;
    this.head = head;
    this.after = after;
    this.plan =
        Segmenter.group(
            head, SegmentOptions.DEFAULT.withMaxSegments(1).withSizes(sizes(root, head)));
    this.segment = plan.segments().getFirst();
    this.prefix = prefix(root, after);
  }

  /**
   * Checks a head.
   *
   * @param root the model
   * @param segments the model's
   * @param after the segment that the head follows
   * @param head reads inputs of the model or what the segments to {@code after} make, by name; its
   *     outputs stand for the model's, in their order
   * @throws OnnxException if it does not fit
   */
  public static HeadGraph of(OnnxModel root, SegmentPlan segments, int after, OnnxModel head) {
    try {
      HeadGraph graph = new HeadGraph(root, head, after);
      graph.requireInputs(segments);
      graph.requireOutputs();
      Opsets.requireJoinable(root.skeleton(), head.skeleton());
      return graph;
    } catch (OnnxException e) {
      throw e.in("The head " + head.file() + " after segment " + after);
    }
  }

  /** Open sizes of the head's inputs as they are where the model makes them. */
  private static Map<String, Long> sizes(OnnxModel root, OnnxModel head) {
    Map<String, Long> sizes = new HashMap<>();
    Map<String, Fact> facts = root.facts(Map.of());
    for (String input : head.index().inputs()) {
      Fact fact = facts.getOrDefault(input, Fact.UNKNOWN);
      for (int axis = 0; axis < fact.rank(); axis++) {
        if (fact.dim(axis) > 0) {
          sizes.put(input + ":" + axis, fact.dim(axis));
        }
      }
    }
    return sizes;
  }

  private static String prefix(OnnxModel root, int after) {
    Set<String> names = Renaming.names(root.skeleton());
    String prefix = "exit" + after + "/";
    while (anyBegins(names, prefix)) {
      prefix = "_" + prefix;
    }
    return prefix;
  }

  private static boolean anyBegins(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private void requireInputs(SegmentPlan segments) {
    Set<String> known = new LinkedHashSet<>();
    for (int i = after; i >= 0; i--) {
      known.addAll(segments.segments().get(i).outputs()); // what is nearest is named first
    }
    known.addAll(root.index().inputs());
    for (ValueInfo input : head.inputs()) {
      if (!known.contains(input.name())) {
        throw new OnnxException(
            "it reads '"
                + input.name()
                + "', which no segment up to there makes\nMaybe name its input after one of "
                + known.stream().limit(8).map(this::described).collect(Collectors.joining(", "))
                + ".");
      }
      ValueInfo value = crossing(input.name());
      requireAlike("input '" + input.name() + "'", input, "the model makes it as", value);
    }
  }

  /** A value as it crosses a cut. */
  private ValueInfo crossing(String name) {
    Fact fact = root.facts().getOrDefault(name, Fact.UNKNOWN);
    int type = ValueTypes.input(root, name).getType().getTensorType().getElemType();
    return new ValueInfo(name, type, fact.dims(), null);
  }

  private String described(String name) {
    return "'" + crossing(name) + "'";
  }

  private void requireOutputs() {
    List<ValueInfo> mine = head.outputs().stream().map(this::inferred).toList();
    List<ValueInfo> theirs = root.outputs();
    if (mine.size() != theirs.size()) {
      throw new OnnxException(
          "it has "
              + mine.size()
              + " outputs, the model "
              + theirs.size()
              + "\nMaybe give it one for each of "
              + theirs.stream().map(ValueInfo::name).toList()
              + ", in this order.");
    }
    for (int i = 0; i < mine.size(); i++) {
      String name = mine.get(i).name();
      requireAlike("output '" + name + "'", mine.get(i), "the model gives", theirs.get(i));
      if (head.index().inputs().contains(name)) {
        throw new OnnxException(
            "output '" + name + "' is its input\nMaybe add an Identity between the two.");
      }
    }
  }

  /** An output with the shape that follows from the graph, if it declares none. */
  private ValueInfo inferred(ValueInfo output) {
    Fact fact = head.facts().getOrDefault(output.name(), Fact.UNKNOWN);
    return output.dims() == null && fact.dims() != null
        ? new ValueInfo(output.name(), output.elementType(), fact.dims(), null)
        : output;
  }

  private static void requireAlike(String what, ValueInfo mine, String they, ValueInfo theirs) {
    boolean sameType =
        mine.elementType() == theirs.elementType()
            || mine.elementType() == 0
            || theirs.elementType() == 0;
    if (!sameType || !fits(mine.dims(), theirs.dims())) {
      throw new OnnxException(
          what
              + " is "
              + ElementTypes.name(mine.elementType())
              + Dims.text(mine.dims())
              + "; "
              + they
              + " "
              + theirs
              + "\nMaybe export it with that type and shape, open dimensions included.");
    }
  }

  /** Whether the shapes have the same rank and sizes, and the first one also takes batches. */
  private static boolean fits(long @Nullable [] mine, long @Nullable [] theirs) {
    if (mine == null || theirs == null) {
      return true;
    }
    boolean fits = mine.length == theirs.length;
    for (int i = 0; fits && i < mine.length; i++) {
      boolean open = mine[i] < 0 || theirs[i] < 0 && i > 0;
      fits = open || mine[i] == theirs[i];
    }
    return fits;
  }

  /** The head's own weights by number. */
  public List<Weight> weights() {
    return head.weights();
  }

  /** The name of a value or weight of the head in the package. */
  public String named(String name) {
    return head.index().inputs().contains(name) ? name : prefix + name;
  }

  /** The segment that it follows. */
  int after() {
    return after;
  }

  /**
   * The head's skeleton with the names that its values have in the package. What it reads as
   * float32 though the model makes it in half precision has a name of its own behind a Cast.
   */
  ModelProto joinable() {
    ModelProto renamed =
        Renaming.of(
            head.skeleton(),
            name -> Widening.isWidened(root, name) && isInput(name) ? widened(name) : named(name));
    GraphProto.Builder graph = renamed.getGraph().toBuilder().clearNode();
    for (String input : head.index().inputs()) {
      if (Widening.isWidened(root, input)) {
        graph.addNode(Widening.cast(input, widened(input), DataType.FLOAT_VALUE));
      }
    }
    graph.addAllNode(renamed.getGraph().getNodeList());
    return renamed.toBuilder().setGraph(graph).build();
  }

  private boolean isInput(String name) {
    return head.index().inputs().contains(name);
  }

  private String widened(String input) {
    return prefix + "in/" + input;
  }

  /** What it reads. */
  public List<String> inputs() {
    return segment.inputs();
  }

  /** What it makes, named as in the package. */
  public List<String> outputs() {
    return segment.outputs().stream().map(this::named).toList();
  }

  /** What it costs. */
  public Profile profile() {
    return segment.profile();
  }

  /**
   * The head as a model of its own.
   *
   * @param names by number of a weight the name that it has in the package
   * @param locator by number of a weight its offset in the package's weight file
   * @return a serialized ModelProto
   */
  public byte[] graph(List<String> names, WeightLocator locator) {
    Map<String, String> weights = new HashMap<>();
    head.weights().forEach(weight -> weights.put(weight.name(), names.get(weight.index())));
    byte[] graph = new SegmentGraphs(head, plan).segmentGraph(segment, locator);
    ModelProto named =
        Renaming.of(PlainOnnx.parse(graph), name -> weights.getOrDefault(name, named(name)));
    return named.toByteArray();
  }
}
