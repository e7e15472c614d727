package dev.insitu.model.width;

import com.google.protobuf.ByteString;
import dev.insitu.model.ElementTypes;
import dev.insitu.model.GraphFacts;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.PlainOnnx;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightData;
import dev.insitu.model.WeightLocator;
import dev.insitu.model.WeightStore;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Writes a model with its channels in another order and with really fewer of them.
 *
 * <p>The channels of a group are put in the order of its permutation; those at the first places are
 * kept, the others' rows, columns and other elements are left out of all weights. What is left is
 * what the whole model computes if the other channels are 0 wherever they are summed over. With all
 * channels kept, the model computes what it did before, up to the order of additions.
 */
public final class NarrowModel {

  /** Before this version initializers had to be inputs too. */
  private static final long MIN_IR_VERSION = 4;

  /** One dimension of one weight. */
  private record Place(String weight, int axis) {}

  private final ChannelGroups groups;
  private final Map<Place, int[]> kept = new HashMap<>();
  private final List<Weight> weights = new ArrayList<>();
  private final NodeNarrower narrower;

  private NarrowModel(ChannelGroups groups, List<Permutation> permutations, Widths widths) {
    this.groups = groups;
    Set<String> names = new HashSet<>();
    GraphProto graph = groups.model().skeleton().getGraph();
    addNames(graph, names);
    this.narrower = new NodeNarrower(groups, widths, names);
    for (ChannelGroup group : groups.list()) {
      keep(group, permutations.get(group.index()), widths.kept(group.index()));
    }
    groups.model().weights().forEach(weight -> weights.add(narrow(weight)));
  }

  /**
   * Writes the narrower model as a plain ONNX file; inputs and outputs are the whole model's.
   *
   * @param permutations an order for each group
   * @param widths how many channels of each group are kept, counted in the new order
   * @param out the file; an existing one is replaced when the new one is complete
   * @throws dev.insitu.model.OnnxException if the file cannot be written
   */
  public static void write(
      ChannelGroups groups, List<Permutation> permutations, Widths widths, Path out) {
    OnnxModel narrow = of(groups, permutations, widths);
    long[] offsets = new long[narrow.weights().size()];
    long next = 0;
    for (Weight weight : narrow.weights()) {
      offsets[weight.index()] = next;
      // Empty tensors have places of their own too.
      next += Math.max(1, weight.byteLength());
    }
    byte[] graph = located(narrow.skeleton(), weight -> offsets[weight]).toByteArray();
    PlainOnnx.write(graph, WeightStore.of(narrow, weight -> offsets[weight]), out);
  }

  /**
   * The narrower model, over the weights of the whole one: they have its numbers, and are read from
   * it. Nodes and values have its names and order.
   *
   * @param permutations an order for each group
   * @param widths how many channels of each group are kept, counted in the new order
   */
  public static OnnxModel of(ChannelGroups groups, List<Permutation> permutations, Widths widths) {
    for (ChannelGroup group : groups.list()) {
      if (permutations.size() != groups.list().size()
          || permutations.get(group.index()).size() != group.size()) {
        throw new IllegalArgumentException(
            "the permutations do not fit group " + group.index() + " of " + group.size());
      }
    }
    NarrowModel narrow = new NarrowModel(groups, permutations, widths);
    return groups.model().derived(narrow.graph(), narrow.weights);
  }

  /** The model with the weights' places in a store instead of their numbers. */
  private static ModelProto located(ModelProto skeleton, WeightLocator locator) {
    GraphProto.Builder graph = skeleton.getGraph().toBuilder();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        int number = Integer.parseInt(tensor.getExternalData(0).getValue());
        tensor
            .clearExternalData()
            .addExternalData(entry("location", "weights"))
            .addExternalData(entry("offset", Long.toString(locator.offset(number))))
            .addExternalData(entry("length", Long.toString(length(tensor))));
      }
    }
    return skeleton.toBuilder().setGraph(graph).build();
  }

  private static long length(TensorProto.Builder tensor) {
    return ElementTypes.byteLength(
        tensor.getDataType(),
        ElementTypes.elements(tensor.getDimsList().stream().mapToLong(Long::longValue).toArray()));
  }

  /** Notes for the weights of a group which of their indices stay and where they come from. */
  private void keep(ChannelGroup group, Permutation permutation, int width) {
    for (Slot slot : group.slots()) {
      int[] sources = kept.computeIfAbsent(new Place(slot.weight(), slot.axis()), this::all);
      for (int place = 0; place < group.size(); place++) {
        for (int i = 0; i < slot.repeat(); i++) {
          sources[slot.position(place, i)] =
              place < width ? slot.position(permutation.at(place), i) : -1;
        }
      }
    }
  }

  private int[] all(Place place) {
    return all(Math.toIntExact(groups.facts().dim(place.weight(), place.axis())));
  }

  private static int[] all(int size) {
    return IntStream.range(0, size).toArray();
  }

  private static long[] dims(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  private static void addNames(GraphProto graph, Set<String> names) {
    graph.getInputList().forEach(input -> names.add(input.getName()));
    graph.getInitializerList().forEach(tensor -> names.add(tensor.getName()));
    graph.getSparseInitializerList().forEach(sparse -> names.add(sparse.getValues().getName()));
    for (NodeProto node : graph.getNodeList()) {
      names.addAll(node.getOutputList());
      for (AttributeProto attribute : node.getAttributeList()) {
        addNames(attribute.getG(), names);
        attribute.getGraphsList().forEach(inner -> addNames(inner, names));
      }
    }
  }

  private ModelProto graph() {
    ModelProto skeleton = groups.model().skeleton();
    GraphProto whole = skeleton.getGraph();
    Set<String> read = new HashSet<>();
    for (GraphFacts.Node node : groups.facts().nodes()) {
      narrower.add(node.proto());
      read.addAll(node.reads());
    }
    narrower.nodes().forEach(node -> read.addAll(node.getInputList()));
    whole.getOutputList().forEach(output -> read.add(output.getName()));
    GraphProto.Builder graph = whole.toBuilder().clearNode().clearInitializer().clearValueInfo();
    for (TensorProto tensor : whole.getInitializerList()) {
      if (read.contains(tensor.getName())) {
        graph.addInitializer(narrow(tensor));
      }
    }
    graph.addAllInitializer(narrower.constants()).addAllNode(narrower.nodes());
    return skeleton.toBuilder()
        .setIrVersion(Math.max(MIN_IR_VERSION, skeleton.getIrVersion()))
        .setGraph(graph)
        .build();
  }

  private TensorProto narrow(TensorProto tensor) {
    int number = groups.facts().weight(tensor.getName());
    Weight weight = number < 0 ? null : groups.model().weights().get(number);
    if (weight != null) {
      Weight narrow = weights.get(number);
      return Arrays.equals(narrow.dims(), weight.dims())
          ? tensor
          : withDims(tensor, narrow.dims()).build();
    }
    int[][] sources = sources(tensor.getName(), dims(tensor));
    if (sources.length == 0) {
      return tensor;
    }
    KeptData kept = kept(inline(tensor), tensor.getDataType(), dims(tensor), sources);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(kept.byteLength()));
    kept.read(0, bytes);
    return withDims(tensor, lengths(sources)).setRawData(ByteString.copyFrom(bytes.flip())).build();
  }

  private Weight narrow(Weight weight) {
    int[][] sources = sources(weight.name(), weight.dims());
    return sources.length == 0
        ? weight
        : new Weight(
            weight.index(),
            weight.name(),
            weight.elementType(),
            lengths(sources),
            weight.role(),
            weight.outputAxis(),
            kept(weight.data(), weight.elementType(), weight.dims(), sources));
  }

  /** For each dimension the indices that stay, by new index; none at all if all stay. */
  private int[][] sources(String weight, long[] dims) {
    int[][] sources = new int[dims.length][];
    boolean changed = false;
    for (int axis = 0; axis < dims.length; axis++) {
      int[] source = kept.get(new Place(weight, axis));
      changed |= source != null;
      sources[axis] =
          source == null
              ? all(Math.toIntExact(dims[axis]))
              : Arrays.stream(source).filter(index -> index >= 0).toArray();
    }
    return changed ? sources : new int[0][];
  }

  private static long[] lengths(int[][] sources) {
    return Arrays.stream(sources).mapToLong(source -> source.length).toArray();
  }

  private static KeptData kept(WeightData data, int type, long[] dims, int[][] sources) {
    return new KeptData(data, ElementTypes.bits(type) / Byte.SIZE, dims, sources);
  }

  private static TensorProto.Builder withDims(TensorProto tensor, long[] dims) {
    TensorProto.Builder narrow = tensor.toBuilder().clearDims();
    Arrays.stream(dims).forEach(narrow::addDims);
    return narrow;
  }

  private static WeightData inline(TensorProto tensor) {
    ByteString bytes = tensor.getRawData();
    return new WeightData() {
      @Override
      public long byteLength() {
        return bytes.size();
      }

      @Override
      public void read(long byteOffset, ByteBuffer into) {
        int from = Math.toIntExact(byteOffset);
        into.put(bytes.substring(from, from + into.remaining()).asReadOnlyByteBuffer());
      }
    };
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
