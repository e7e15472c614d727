package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model's nodes in running order with what is known of their values without running it. Sizes
 * that depend on an open dimension of an input are told apart by looking at the model twice, with
 * different sizes for the open dimensions.
 */
public final class GraphFacts {

  /** Inputs with this many dimensions are pictures, [n, c, h, w]. */
  private static final int PICTURE_RANK = 4;

  /**
   * One node that runs or computes a constant.
   *
   * @param proto the node
   * @param reads the values it reads in its own inputs or from inside its graphs, each once
   */
  public record Node(NodeProto proto, List<String> reads) {

    public Node {
      reads = List.copyOf(reads);
    }
  }

  private final OnnxModel model;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Fact> facts;
  private final Map<String, Fact> others;

  private GraphFacts(OnnxModel model, Map<String, Long> sizes) {
    this.model = model;
    GraphIndex index = model.index();
    for (int node : model.order().withConstants(index, model.order().running(), index.outputs())) {
      nodes.add(new Node(index.node(node), index.reads(node)));
    }
    this.facts = model.facts(sizes);
    this.others = model.facts(otherSizes(sizes));
  }

  /**
   * The facts of a model.
   *
   * @param sizes sizes of open dimensions, as {@link Profiler} takes them
   */
  public static GraphFacts of(OnnxModel model, Map<String, Long> sizes) {
    return new GraphFacts(model, sizes);
  }

  private Map<String, Long> otherSizes(Map<String, Long> sizes) {
    Map<String, Long> others = new HashMap<>(sizes);
    for (ValueInfo input : model.inputs()) {
      long[] declared = input.dims();
      for (int i = 0; declared != null && i < declared.length; i++) {
        if (declared[i] < 0) {
          boolean picture = declared.length >= PICTURE_RANK && i >= 2;
          others.put(input.name() + ":" + i, other(fact(input.name()).dim(i), picture));
        }
      }
    }
    return others;
  }

  /**
   * A size for which the model can run too: pictures' sizes must often have divisors, tables of
   * positions end somewhere.
   */
  private static long other(long size, boolean picture) {
    return size <= 2 ? size + 1 : picture ? 2 * size : Math.ceilDiv(size, 2);
  }

  private Fact fact(String value) {
    return facts.getOrDefault(value, Fact.UNKNOWN);
  }

  /** The nodes that outputs need, each after those it reads from. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Dimensions for the sizes that were given, -1 where unknown; null if nothing is known. */
  public long @Nullable [] dims(String value) {
    long[] dims = fact(value).dims();
    return dims == null ? null : dims.clone();
  }

  /** Number of dimensions, 0 if unknown. */
  public int rank(String value) {
    return Math.max(0, fact(value).rank());
  }

  /** One dimension, -1 if unknown. */
  public long dim(String value, int axis) {
    return fact(value).dim(axis);
  }

  /** Whether a dimension is unknown or depends on an open dimension of an input. */
  public boolean isOpen(String value, int axis) {
    Fact fact = fact(value);
    Fact other = others.getOrDefault(value, Fact.UNKNOWN);
    return fact.rank() != other.rank() || fact.dim(axis) < 0 || fact.dim(axis) != other.dim(axis);
  }

  /** Elements of a small value, NaN where they depend on an open dimension; null if unknown. */
  public double @Nullable [] values(String value) {
    double[] values = fact(value).values();
    double[] other = others.getOrDefault(value, Fact.UNKNOWN).values();
    if (values == null || other == null || values.length != other.length) {
      return null;
    }
    double[] known = values.clone();
    for (int i = 0; i < known.length; i++) {
      known[i] = values[i] == other[i] ? values[i] : Double.NaN;
    }
    return known;
  }

  /** Element type, a number in ONNX's {@code TensorProto.DataType}; 0 if unknown. */
  public int type(String value) {
    return fact(value).type();
  }

  /** The number of the weight that an initializer stands for, -1 if it carries its values. */
  public int weight(String initializer) {
    return model.weightNumber(initializer);
  }
}
