package dev.insitu.forge.levels;

import dev.insitu.forge.integer.Constants;
import dev.insitu.forge.integer.EditableGraph;
import dev.insitu.forge.integer.Nodes;
import dev.insitu.model.Renaming;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProtoOrBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * A graph that runs a root and a sub-model of it side by side on the same samples, and measures at
 * every site what reaches it in both. In the sub-model each site is put right at once by what has
 * just been measured, so that the sites after it see what they will see on a device: one run serves
 * all.
 *
 * <p>The package's tensors lie in {@link #WHOLE_FILE}, the sub-model's in {@link #LEVEL_FILE}, and
 * the root's, if it is not the package itself, in {@link #ROOT_FILE}.
 */
final class Pair {

  static final String ROOT_FILE = "root.bin";
  static final String WHOLE_FILE = "whole.bin";
  static final String LEVEL_FILE = "level.bin";

  private static final String PREFIX = "level/";

  private final EditableGraph graph;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<Measured> measured = new ArrayList<>();

  /** Names of what reaches a site in both. */
  record Measured(Names root, Names level) {

    List<String> all() {
      return List.of(root.mean, root.variance, level.mean, level.variance);
    }
  }

  /** Names of moments by channel. */
  record Names(String mean, String variance) {}

  /**
   * @param root graph of the root, in its file
   * @param model a package's graph, which has all nodes of the root's, in the same places
   * @param sites in both
   */
  Pair(ModelProto root, ModelProto model, List<Site> sites) {
    graph = new EditableGraph(root);
    Set<String> shared = new HashSet<>(graph.inputs());
    root.getGraph()
        .getSparseInitializerList()
        .forEach(sparse -> shared.add(sparse.getValues().getName()));
    ModelProto level = Renaming.of(model, name -> shared.contains(name) ? name : PREFIX + name);
    EditableGraph twin = new EditableGraph(in(LEVEL_FILE, level));
    nodes.addAll(graph.nodes());
    twin.constants().forEach(graph::put);
    int next = 0;
    for (int i = 0; i < twin.nodes().size(); i++) {
      NodeProto node = twin.nodes().get(i);
      if (next < sites.size() && sites.get(next).node() == i) {
        addCorrected(sites.get(next), graph.nodes().get(i), node);
        next++;
      } else {
        nodes.add(node);
      }
    }
  }

  /** The model with all its tensors in that file. */
  static ModelProto in(String file, ModelProto model) {
    return in(offset -> file, model);
  }

  /**
   * The model with each tensor in a file of its own.
   *
   * @param fileAt by a tensor's offset, the same in all files
   */
  static ModelProto in(LongFunction<String> fileAt, ModelProto model) {
    ModelProto.Builder moved = model.toBuilder();
    for (TensorProto.Builder tensor : moved.getGraphBuilder().getInitializerBuilderList()) {
      String file = fileAt.apply(offset(tensor));
      for (StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
        if (entry.getKey().equals("location")) {
          entry.setValue(file);
        }
      }
    }
    return moved.build();
  }

  /** Where a tensor stands in its file; -1 if it stands in none. */
  static long offset(TensorProtoOrBuilder tensor) {
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (entry.getKey().equals("offset")) {
        return Long.parseLong(entry.getValue());
      }
    }
    return -1;
  }

  ModelProto model() {
    List<String> names = measured.stream().flatMap(site -> site.all().stream()).toList();
    return graph.build(nodes, names);
  }

  /** What is measured at the sites, in their order. */
  List<Measured> measured() {
    return measured;
  }

  private void addCorrected(Site site, NodeProto root, NodeProto level) {
    Names before = moments(site, root.getInput(0));
    Names after = moments(site, level.getInput(0));
    measured.add(new Measured(before, after));
    String gain = reshaped(gain(before.variance, after.variance), -1);
    String offset = op("Sub", root.getInput(Site.MEAN), reshaped(before.mean, -1));
    String mean = op("Add", reshaped(after.mean, -1), op("Mul", offset, op("Sqrt", gain)));
    String variance = op("Mul", root.getInput(Site.VARIANCE), gain);
    nodes.add(Nodes.withInput(Nodes.withInput(level, Site.MEAN, mean), Site.VARIANCE, variance));
  }

  /** A value's moments by channel, as {@code [1, channels, 1]}. */
  private Names moments(Site site, String value) {
    String rows = reshaped(value, 0, site.channels(), -1);
    String mean = mean(rows, 0, 2);
    String centred = op("Sub", rows, mean);
    return new Names(mean, mean(op("Mul", centred, centred), 0, 2));
  }

  /** What {@link Moments#moved} takes variances to have become, as a factor. */
  private String gain(String before, String after) {
    String least = scalar("least", (float) Moments.LEAST_VARIANCE);
    String gain = op("Div", op("Add", after, least), op("Add", before, least));
    String most = scalar("most", (float) Moments.MOST_GAIN);
    String fewest = scalar("fewest", (float) (1 / Moments.MOST_GAIN));
    return op("Max", op("Min", gain, most), fewest);
  }

  private String reshaped(String value, long... shape) {
    String name = graph.fresh("shape");
    graph.put(Constants.ofLongs(name, shape, shape.length));
    return op("Reshape", value, name);
  }

  private String mean(String value, long... axes) {
    String name = graph.fresh("mean");
    nodes.add(graph.mean(value, name, true, axes));
    return name;
  }

  private String scalar(String wish, float value) {
    String name = graph.fresh(wish);
    graph.put(Constants.ofFloats(name, new float[] {value}));
    return name;
  }

  private String op(String operator, String... inputs) {
    String name = graph.fresh("x");
    nodes.add(Nodes.of(operator, List.of(inputs), name));
    return name;
  }
}
