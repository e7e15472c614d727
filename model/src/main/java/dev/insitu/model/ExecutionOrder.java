package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The order in which nodes run: the file's order as far as it is a topological one, without nodes
 * that no output needs.
 *
 * <p>Nodes that depend on constants only (weights made by ConstantOfShape, dequantised or
 * transposed ones) are set apart: they stand just before their first reader and may be computed
 * again in every segment, so they never cross a cut.
 */
final class ExecutionOrder {

  private static final Set<String> NOT_REPEATABLE =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Bernoulli",
          "Multinomial",
          "Dropout");

  private final int[] topological;
  private final int[] rank;
  private final List<Integer> running = new ArrayList<>();
  private final BitSet constant = new BitSet();

  ExecutionOrder(GraphIndex index) {
    topological = topological(index);
    rank = new int[topological.length];
    BitSet live = live(index);
    for (int i = 0; i < topological.length; i++) {
      int node = topological[i];
      rank[node] = i;
      if (isConstant(index, node, constant)) {
        constant.set(node);
      } else if (live.get(node)) {
        running.add(node);
      }
    }
  }

  /** All nodes, each after those it reads from. */
  int[] topological() {
    return topological;
  }

  /** The nodes that depend on an input, or must not be repeated, in running order. */
  List<Integer> running() {
    return running;
  }

  /** Whether a node runs once, in one segment. */
  boolean isRunning(int node) {
    return !constant.get(node);
  }

  /**
   * These running nodes with the constant nodes that they need, each of those before its first
   * reader.
   *
   * @param outputs values that are wanted besides, made last
   */
  int[] withConstants(GraphIndex index, List<Integer> nodes, Iterable<String> outputs) {
    BitSet placed = new BitSet();
    List<Integer> order = new ArrayList<>();
    for (int node : nodes) {
      placeConstants(index, index.reads(node), placed, order);
      placed.set(node);
      order.add(node);
    }
    placeConstants(index, outputs, placed, order);
    return toArray(order);
  }

  private void placeConstants(
      GraphIndex index, Iterable<String> names, BitSet placed, List<Integer> order) {
    Deque<String> wanted = new ArrayDeque<>();
    names.forEach(wanted::add);
    BitSet ranks = new BitSet();
    while (!wanted.isEmpty()) {
      int producer = index.producer(wanted.remove());
      if (producer >= 0 && constant.get(producer) && !placed.get(producer)) {
        placed.set(producer);
        ranks.set(rank[producer]);
        wanted.addAll(index.reads(producer));
      }
    }
    ranks.stream().forEach(i -> order.add(topological[i]));
  }

  private static boolean isConstant(GraphIndex index, int node, BitSet constant) {
    NodeProto proto = index.node(node);
    if (!Ops.isKnown(proto) || NOT_REPEATABLE.contains(proto.getOpType()) || Ops.hasGraphs(proto)) {
      return false;
    }
    for (String name : index.reads(node)) {
      int producer = index.producer(name);
      if (producer >= 0 ? !constant.get(producer) : !index.isConstant(name)) {
        return false;
      }
    }
    return true;
  }

  private static BitSet live(GraphIndex index) {
    BitSet live = new BitSet();
    List<String> wanted = new ArrayList<>(index.outputs());
    for (int i = 0; i < wanted.size(); i++) {
      int producer = index.producer(wanted.get(i));
      if (producer >= 0 && !live.get(producer)) {
        live.set(producer);
        wanted.addAll(index.reads(producer));
      }
    }
    return live;
  }

  /**
   * The topological order that is nearest to the file's: always the first node in the file that can
   * run.
   */
  private static int[] topological(GraphIndex index) {
    int count = index.nodeCount();
    int[] missing = new int[count];
    List<List<Integer>> readers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      readers.add(new ArrayList<>());
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < count; i++) {
      for (String name : index.reads(i)) {
        int producer = index.producer(name);
        if (producer >= 0) {
          missing[i]++;
          readers.get(producer).add(i);
        }
      }
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<Integer> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int node = ready.remove();
      order.add(node);
      for (int reader : readers.get(node)) {
        if (--missing[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    if (order.size() < count) {
      throw new OnnxException(cycle(index, missing) + " depends on itself");
    }
    return toArray(order);
  }

  private static String cycle(GraphIndex index, int[] missing) {
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] > 0) {
        return Ops.text(index.node(i));
      }
    }
    return "a node";
  }

  private static int[] toArray(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }
}
