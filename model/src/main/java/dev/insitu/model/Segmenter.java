package dev.insitu.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Divides a model into segments that can be transferred and run one after the other. */
public final class Segmenter {

  /** A segment may be this much bigger than an even share of the weights. */
  private static final double SLACK = 1.4;

  /** More places to cut than these are thinned out before the best are chosen. */
  private static final int MAX_CUTS = 1024;

  /** A tensor more across a cut costs this share of a launch. */
  private static final double VALUE_COST = 0.5;

  /**
   * So does a cut that parts a layer from the activation or normalization that a runtime would fuse
   * with it.
   */
  private static final double PARTING_COST = 1;

  /** A tensor more across a cut makes it this share of the work farther from where it should be. */
  private static final double FAR = 0.1;

  /** Seconds that copying a byte across a cut takes. */
  private static final double SECONDS_PER_BYTE = 2e-10;

  private Segmenter() {}

  /**
   * All places where few tensors cross, never inside control flow. Constants do not cross, nor does
   * what is computed from constants only; the model's inputs are there for every segment.
   *
   * @param maxValues most tensors that may cross
   */
  public static List<Cut> cutPoints(OnnxModel model, int maxValues) {
    return CutFinder.find(model, maxValues);
  }

  /**
   * Chooses among the cuts by the cost model of the options. A model that cannot be cut is one
   * segment.
   */
  public static SegmentPlan group(OnnxModel model, SegmentOptions options) {
    return group(model, options, List.of());
  }

  /**
   * As {@link #group(OnnxModel, SegmentOptions)}, with further cuts near certain depths.
   *
   * @param at shares of the work, between 0 and 1, after which the model is to be cut too; each
   *     takes the cut that is nearest, of near ones the one that is cheapest to cross
   */
  public static SegmentPlan group(OnnxModel model, SegmentOptions options, List<Double> at) {
    Profiler profiler = new Profiler(model, options.sizes());
    List<Cut> cuts = thinned(cutPoints(model, options.maxValues()));
    long[] bytes = newBytes(model, profiler, cuts);
    long total = 0;
    for (long unit : bytes) {
      total += unit;
    }
    long worthwhile =
        options.minSegmentBytes() == 0 ? bytes.length : total / options.minSegmentBytes();
    int groups = Math.clamp(worthwhile, 1, Math.min(options.maxSegments(), bytes.length));
    Grouping grouping = grouping(model, profiler, cuts, bytes, options);
    Set<Integer> chosen = new TreeSet<>();
    for (int end : grouping.best(groups, (long) (SLACK * total / groups)).ends()) {
      if (end <= cuts.size()) {
        chosen.add(end - 1);
      }
    }
    at.forEach(share -> nearest(model, profiler, cuts, share).ifPresent(chosen::add));
    return plan(model, profiler, chosen.stream().map(cuts::get).toList());
  }

  /** The number of the cut before which about that share of the work is done. */
  private static OptionalInt nearest(
      OnnxModel model, Profiler profiler, List<Cut> cuts, double share) {
    double[] done = new double[cuts.size() + 1];
    for (int i = 0; i < done.length; i++) {
      double work = 1; // so that a model of unknown work is cut by its nodes
      for (int node : nodes(model, cuts, i)) {
        work += profiler.macs(node);
      }
      done[i] = work + (i == 0 ? 0 : done[i - 1]);
    }
    double whole = done[cuts.size()];
    return IntStream.range(0, cuts.size())
        .boxed()
        .min(
            Comparator.comparingDouble(i ->
                Math.abs(done[i] / whole - share)
                    + FAR
                        * (cuts.get(i).values().size()
                            - 1
                            + (partsLayer(model, cuts.get(i)) ? PARTING_COST : 0))))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  /** Divides a model at the given cuts, which must be some of {@link #cutPoints}, by position. */
  public static SegmentPlan divide(OnnxModel model, SegmentOptions options, List<Cut> cuts) {
    return plan(model, new Profiler(model, options.sizes()), cuts);
  }

  /**
   * Divides a model that was made of another one at the cuts of that one. Its nodes that make
   * values of the other's names come in the other's order; nodes of its own stand before their
   * readers.
   *
   * @throws OnnxException if nothing is left between two cuts
   */
  public static SegmentPlan divideLike(
      OnnxModel model, SegmentOptions options, OnnxModel whole, List<Cut> cuts) {
    Map<Integer, Cut> all = new HashMap<>();
    CutFinder.all(model).forEach(cut -> all.put(cut.position(), cut));
    List<Cut> found = new ArrayList<>();
    for (Cut cut : cuts) {
      Cut same = all.get(positionLike(model, whole, cut));
      if (same == null || !found.isEmpty() && found.getLast().position() >= same.position()) {
        throw new OnnxException(
            "nothing is left before the cut at " + cut.values() + " in the narrower model");
      }
      found.add(same);
    }
    return plan(model, new Profiler(model, options.sizes()), found);
  }

  /** How many running nodes stand before the end of the last that makes what the whole's make. */
  private static int positionLike(OnnxModel model, OnnxModel whole, Cut cut) {
    Set<String> made = new LinkedHashSet<>();
    for (int node : whole.order().running().subList(0, cut.position())) {
      made.addAll(whole.index().node(node).getOutputList());
    }
    List<Integer> running = model.order().running();
    int position = 0;
    for (int i = 0; i < running.size(); i++) {
      boolean before =
          model.index().node(running.get(i)).getOutputList().stream()
              .anyMatch(name -> !name.isEmpty() && made.contains(name));
      position = before ? i + 1 : position;
    }
    return position;
  }

  /**
   * The nodes that make some values of others, as a segment beside those of a plan.
   *
   * @param from what is given
   * @param outputs what is to be made
   */
  static Segment between(
      OnnxModel model, SegmentOptions options, Set<String> from, List<String> outputs) {
    Set<Integer> wanted = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(outputs);
    for (int i = 0; i < open.size(); i++) {
      int producer = model.index().producer(open.get(i));
      boolean inside = producer >= 0 && !from.contains(open.get(i));
      if (inside && model.order().isRunning(producer) && wanted.add(producer)) {
        open.addAll(model.index().reads(producer));
      }
    }
    List<Integer> running = model.order().running().stream().filter(wanted::contains).toList();
    List<Integer> nodes = withConstants(model, running, outputs);
    Profiler profiler = new Profiler(model, options.sizes());
    List<String> inputs = inputs(model, nodes, outputs);
    Set<Integer> weights = new TreeSet<>(profiler.weights(nodes));
    outputs.stream().map(model::weightNumber).filter(w -> w >= 0).forEach(weights::add);
    int[] numbers = weights.stream().mapToInt(Integer::intValue).toArray();
    Profile profile = profiler.profile(nodes, inputs, outputs, weights);
    return new Segment(-1, nodes, numbers, inputs, outputs, profile);
  }

  private static Grouping grouping(
      OnnxModel model, Profiler profiler, List<Cut> cuts, long[] bytes, SegmentOptions options) {
    int count = bytes.length;
    double[] transfer = new double[count];
    double[] compute = new double[count];
    double[] launch = new double[count];
    for (int i = 0; i < count; i++) {
      transfer[i] = bytes[i] / options.bytesPerSecond();
      for (int node : nodes(model, cuts, i)) {
        compute[i] += profiler.macs(node) / options.macsPerSecond();
      }
      launch[i] = options.secondsPerLaunch();
      if (i < cuts.size()) {
        List<String> values = cuts.get(i).values();
        launch[i] *=
            1
                + VALUE_COST * Math.max(0, values.size() - 1)
                + (partsLayer(model, cuts.get(i)) ? PARTING_COST : 0);
        launch[i] += SECONDS_PER_BYTE * values.stream().mapToLong(profiler::bytes).sum();
      }
    }
    return new Grouping(transfer, compute, bytes, launch, options.secondsPerTransfer());
  }

  /** Whether the node after a cut only adjusts what a node before it computed. */
  private static boolean partsLayer(OnnxModel model, Cut cut) {
    int next = model.order().running().get(cut.position());
    int last = model.order().running().get(cut.position() - 1);
    boolean reads =
        model.index().reads(next).stream().anyMatch(n -> model.index().producer(n) == last);
    return reads && ElementwiseRules.adjusts(model.index().node(next).getOpType());
  }

  /** By unit between two cuts: bytes of the weights that no earlier unit uses. */
  private static long[] newBytes(OnnxModel model, Profiler profiler, List<Cut> cuts) {
    long[] bytes = new long[cuts.size() + 1];
    Set<Integer> seen = new LinkedHashSet<>();
    for (int i = 0; i < bytes.length; i++) {
      for (int weight : profiler.weights(withConstants(model, nodes(model, cuts, i), List.of()))) {
        bytes[i] += seen.add(weight) ? model.weights().get(weight).byteLength() : 0;
      }
    }
    return bytes;
  }

  /** The running nodes between the cut before and cut i. */
  private static List<Integer> nodes(OnnxModel model, List<Cut> cuts, int i) {
    List<Integer> running = model.order().running();
    int from = i == 0 ? 0 : cuts.get(i - 1).position();
    int to = i == cuts.size() ? running.size() : cuts.get(i).position();
    return running.subList(from, to);
  }

  private static List<Integer> withConstants(
      OnnxModel model, List<Integer> nodes, Iterable<String> outputs) {
    List<Integer> all = new ArrayList<>();
    for (int node : model.order().withConstants(model.index(), nodes, outputs)) {
      all.add(node);
    }
    return all;
  }

  /** Of each of many equal stretches only the cut with the fewest tensors. */
  private static List<Cut> thinned(List<Cut> cuts) {
    if (cuts.size() <= MAX_CUTS) {
      return cuts;
    }
    List<Cut> thinned = new ArrayList<>();
    for (int i = 0; i < MAX_CUTS; i++) {
      int from = (int) ((long) i * cuts.size() / MAX_CUTS);
      int to = (int) ((i + 1L) * cuts.size() / MAX_CUTS);
      Cut best = cuts.get(from);
      for (Cut cut : cuts.subList(from, to)) {
        best = cut.values().size() < best.values().size() ? cut : best;
      }
      thinned.add(best);
    }
    return thinned;
  }

  private static SegmentPlan plan(OnnxModel model, Profiler profiler, List<Cut> cuts) {
    List<Segment> segments = new ArrayList<>();
    Set<Integer> seen = new LinkedHashSet<>();
    for (int i = 0; i <= cuts.size(); i++) {
      boolean last = i == cuts.size();
      List<Integer> running = nodes(model, cuts, i);
      List<String> outputs = outputs(model, running, cuts, i);
      List<Integer> nodes = withConstants(model, running, last ? outputs : List.of());
      List<String> inputs = inputs(model, nodes, outputs);
      Set<Integer> weights = new TreeSet<>(profiler.weights(nodes));
      outputs.stream().map(model::weightNumber).filter(w -> w >= 0).forEach(weights::add);
      List<Integer> fresh = weights.stream().filter(seen::add).toList();
      int[] numbers = weights.stream().mapToInt(Integer::intValue).toArray();
      Profile profile = profiler.profile(nodes, inputs, outputs, fresh);
      segments.add(new Segment(i, nodes, numbers, inputs, outputs, profile));
    }
    return new SegmentPlan(segments, cuts);
  }

  /**
   * What others need of what these nodes make; the last segment also returns what no running node
   * makes.
   */
  private static List<String> outputs(
      OnnxModel model, List<Integer> nodes, List<Cut> cuts, int segment) {
    boolean last = segment == cuts.size();
    Set<String> wanted = new LinkedHashSet<>(model.index().outputs());
    Set<Integer> made = new LinkedHashSet<>(nodes);
    Set<String> outputs = new LinkedHashSet<>();
    if (!last) {
      wanted.addAll(cuts.get(segment).values());
    }
    for (String name : wanted) {
      int producer = model.index().producer(name);
      boolean nobody = producer < 0 || !model.order().isRunning(producer);
      if (made.contains(producer) || last && nobody) {
        outputs.add(name);
      }
    }
    return List.copyOf(outputs);
  }

  private static List<String> inputs(OnnxModel model, List<Integer> nodes, List<String> outputs) {
    Set<String> inputs = new LinkedHashSet<>();
    Set<Integer> made = new LinkedHashSet<>(nodes);
    for (int node : nodes) {
      for (String name : model.index().reads(node)) {
        boolean outside = model.index().inputs().contains(name);
        int producer = model.index().producer(name);
        if (outside || producer >= 0 && !made.contains(producer)) {
          inputs.add(name);
        }
      }
    }
    outputs.stream().filter(model.index().inputs()::contains).forEach(inputs::add);
    return List.copyOf(inputs);
  }
}
