package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts parameters, work and memory, by node and by segment, without running the model. */
public final class Profiler {

  private final OnnxModel model;
  private final Map<String, Fact> facts;
  private final Macs macs;

  /**
   * A profiler for inputs of certain sizes.
   *
   * @param sizes sizes of open dimensions by the model's name of the dimension ("batch") or by
   *     input and axis ("image:2"); those that are not given are 1 for the first dimension, 224 for
   *     pictures, 64 for sequences
   */
  public Profiler(OnnxModel model, Map<String, Long> sizes) {
    this.model = model;
    this.facts = model.facts(sizes);
    this.macs = new Macs(facts);
  }

  /** Every node that runs, in running order. */
  public List<LayerProfile> layers() {
    List<LayerProfile> layers = new ArrayList<>();
    BitSet seen = new BitSet();
    List<Integer> running = model.order().running();
    int[] all = model.order().withConstants(model.index(), running, model.index().outputs());
    for (int node : all) {
      layers.add(layer(node, seen));
    }
    return layers;
  }

  private LayerProfile layer(int node, BitSet seen) {
    NodeProto proto = model.index().node(node);
    long parameters = 0;
    long weightBytes = 0;
    for (int weight : weights(List.of(node))) {
      if (!seen.get(weight)) {
        seen.set(weight);
        parameters += model.weights().get(weight).elements();
        weightBytes += model.weights().get(weight).byteLength();
      }
    }
    long activations = proto.getOutputList().stream().mapToLong(this::bytes).sum();
    return new LayerProfile(
        Ops.label(proto), proto.getOpType(), parameters, weightBytes, macs.of(proto), activations);
  }

  /** Numbers of the weights that nodes read, each once, in order of first use. */
  Set<Integer> weights(Iterable<Integer> nodes) {
    Set<Integer> weights = new LinkedHashSet<>();
    for (int node : nodes) {
      for (String name : model.index().reads(node)) {
        int number = model.weightNumber(name);
        if (number >= 0) {
          weights.add(number);
        }
      }
    }
    return weights;
  }

  long macs(int node) {
    return macs.of(model.index().node(node));
  }

  /** Bytes of a value, 0 if unknown. */
  long bytes(String value) {
    return facts.getOrDefault(value, Fact.UNKNOWN).bytes();
  }

  /**
   * The profile of a run of nodes.
   *
   * @param newWeights the weights to count
   */
  Profile profile(
      List<Integer> nodes,
      List<String> inputs,
      List<String> outputs,
      Iterable<Integer> newWeights) {
    long parameters = 0;
    long weightBytes = 0;
    for (int weight : newWeights) {
      parameters += model.weights().get(weight).elements();
      weightBytes += model.weights().get(weight).byteLength();
    }
    long work = 0;
    for (int node : nodes) {
      work = Macs.add(work, macs(node));
    }
    long handedOn = outputs.stream().mapToLong(this::bytes).sum();
    return new Profile(parameters, weightBytes, work, peak(nodes, inputs, outputs), handedOn);
  }

  /** Most bytes alive at once if every value is freed after its last reader. */
  private long peak(List<Integer> nodes, List<String> inputs, List<String> outputs) {
    Map<String, Integer> lastReads = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String name : model.index().reads(nodes.get(i))) {
        lastReads.put(name, i);
      }
    }
    outputs.forEach(name -> lastReads.put(name, nodes.size()));
    long alive = inputs.stream().mapToLong(this::bytes).sum();
    long peak = alive;
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : model.index().node(nodes.get(i)).getOutputList()) {
        alive = Macs.add(alive, bytes(output));
      }
      peak = Math.max(peak, alive);
      for (String output : model.index().node(nodes.get(i)).getOutputList()) {
        alive -= lastReads.containsKey(output) ? 0 : bytes(output);
      }
      for (String name : model.index().reads(nodes.get(i))) {
        boolean last = lastReads.getOrDefault(name, -1) == i && !model.index().isConstant(name);
        alive -= last ? bytes(name) : 0;
      }
    }
    return peak;
  }
}
