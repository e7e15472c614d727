package dev.insitu.forge.levels;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.forge.integer.Constants;
import dev.insitu.forge.integer.EditableGraph;
import dev.insitu.forge.integer.Nodes;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the normalisations of a package's graph whose statistics nothing else reads. */
final class SiteFinder {

  private static final int OLDEST_OPSET = 9; // normalisations and arithmetic as they are since

  private final EditableGraph graph;
  private final Manifest manifest;
  private final Map<Long, Integer> tensorAt = new HashMap<>();
  private final Map<Integer, Integer> reads = new HashMap<>(); // by tensor

  private SiteFinder(EditableGraph graph, Manifest manifest) {
    this.graph = graph;
    this.manifest = manifest;
    for (int t = 0; t < manifest.tensors().size(); t++) {
      if (manifest.tensors().get(t).length() > 0) {
        tensorAt.put(manifest.blocks().offset(t), t);
      }
    }
    graph.uses().forEach((name, uses) -> reads.merge(tensor(name), uses, Integer::sum));
  }

  /**
   * All sites in the order of the graph's nodes.
   *
   * @param graph of the package, its tensors EXTERNAL at their places in the weight file
   */
  static List<Site> find(EditableGraph graph, Manifest manifest) {
    List<Site> sites = new ArrayList<>();
    if (graph.opset() < OLDEST_OPSET) {
      return sites;
    }
    SiteFinder finder = new SiteFinder(graph, manifest);
    for (int i = 0; i < graph.nodes().size(); i++) {
      NodeProto node = graph.nodes().get(i);
      if (Nodes.is(node, "BatchNormalization") && Nodes.integer(node, "training_mode", 0) == 0) {
        int mean = finder.own(node.getInput(Site.MEAN));
        int variance = finder.own(node.getInput(Site.VARIANCE));
        if (mean >= 0 && variance >= 0) {
          int channels = (int) manifest.tensors().get(mean).length();
          sites.add(new Site(i, channels, mean, variance));
        }
      }
    }
    return sites;
  }

  /** The tensor that a constant is, if it is a vector that is read in one place only; else -1. */
  private int own(String name) {
    int tensor = tensor(name);
    TensorProto constant = graph.constant(name);
    if (tensor < 0 || constant == null || reads.getOrDefault(tensor, 0) != 1) {
      return -1;
    }
    TensorSpec spec = manifest.tensors().get(tensor);
    boolean vector = Constants.dims(constant).length == 1 && spec.coding() == Coding.VECTOR;
    return vector && spec.length() <= TensorSpec.MAX_ROW ? tensor : -1;
  }

  /** The number of the package's tensor that is a constant; -1 if it is none of them. */
  private int tensor(String name) {
    TensorProto constant = graph.constant(name);
    if (constant == null || constant.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return -1;
    }
    return tensorAt.getOrDefault(Pair.offset(constant), -1);
  }
}
