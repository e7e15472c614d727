package dev.insitu.model.width;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Convolutions, pooling, normalization by channel, matrix products. */
final class LayerRules {

  private LayerRules() {}

  static void register(Map<String, Consumer<Step>> rules) {
    rules.put("Conv", LayerRules::conv);
    rules.put("ConvTranspose", LayerRules::convTranspose);
    rules.put("BatchNormalization", LayerRules::byChannel);
    rules.put("InstanceNormalization", LayerRules::byChannel);
    String[] pools = {
      "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"
    };
    for (String op : pools) {
      rules.put(op, LayerRules::pool);
    }
    rules.put("MatMul", LayerRules::matMul);
    rules.put("Gemm", LayerRules::gemm);
  }

  private static void pinSpatial(Step s, int input) {
    for (int i = 2; i < s.in(input).rank(); i++) {
      s.pin(s.axis(input, i));
    }
  }

  /** Dimensions of pictures: samples, channels, the rest fixed. */
  private static List<Axis> picture(Axis samples, Axis channels, int rank) {
    List<Axis> axes = Step.fixed(rank);
    axes.set(0, samples);
    axes.set(1, channels);
    return axes;
  }

  private static boolean isPicture(Step s) {
    int rank = s.dims(0).length;
    boolean known = rank >= 2 && s.in(0).rank() == rank && s.outDims(0).length == rank;
    if (!known) {
      s.pinInputs();
    }
    return known;
  }

  private static void conv(Step s) {
    long group = s.integer("group", 1);
    if (!isPicture(s) || s.in(1).rank() < 2 || group < 1) {
      s.pinInputs();
      return;
    }
    pinSpatial(s, 0);
    pinSpatial(s, 1);
    Axis in = s.axis(0, 1);
    Axis out = s.axis(1, 0);
    s.role(1, 0, SlotRole.OUTPUT);
    s.link(out, s.has(2) ? s.axis(2, 0) : out);
    if (group == 1) {
      s.role(1, 1, SlotRole.INPUT);
      s.link(in, s.axis(1, 1));
    } else {
      s.pin(s.axis(1, 1));
      int block = (int) (s.dims(1)[0] / group);
      if (bundles(s, in, out, group)) {
        s.labels().bundle(out, block);
        s.labels().bundle(in, (int) (s.dims(0)[1] / group));
        s.link(every(in, group), every(out, group));
      }
    }
    s.first(picture(s.axis(0, 0), out, s.dims(0).length));
  }

  /** Whether whole groups of kernels can be left out; if not, the channels are pinned. */
  private static boolean bundles(Step s, Axis in, Axis out, long group) {
    boolean possible =
        !in.isFixed() && !out.isFixed() && in.size() % group == 0 && out.size() % group == 0;
    if (!possible) {
      s.pin(in);
      s.pin(out);
    }
    return possible;
  }

  /** The first index of each of so many equal blocks. */
  private static Axis every(Axis axis, long blocks) {
    int[] first = new int[(int) blocks];
    for (int i = 0; i < first.length; i++) {
      first[i] = i * (axis.size() / first.length);
    }
    return axis.pick(first);
  }

  private static void convTranspose(Step s) {
    long group = s.integer("group", 1);
    if (!isPicture(s) || s.in(1).rank() < 2 || group < 1) {
      s.pinInputs();
      return;
    }
    pinSpatial(s, 0);
    pinSpatial(s, 1);
    Axis in = s.axis(0, 1);
    s.role(1, 0, SlotRole.INPUT);
    s.link(in, s.axis(1, 0));
    Axis out = s.axis(1, 1);
    if (group == 1) {
      s.role(1, 1, SlotRole.OUTPUT);
    } else {
      s.pin(out);
      out = Axis.FIXED;
      int block = (int) (s.outDims(0)[1] / group);
      if (!in.isFixed() && in.size() % group == 0 && block > 0) {
        s.role(1, 0, SlotRole.OUTPUT);
        s.labels().bundle(in, (int) (in.size() / group));
        int[] blocks = new int[(int) (block * group)];
        for (int i = 0; i < blocks.length; i++) {
          blocks[i] = (int) (i / block * (in.size() / group));
        }
        out = in.pick(blocks);
      }
    }
    s.link(out, s.has(2) ? s.axis(2, 0) : out);
    s.first(picture(s.axis(0, 0), out, s.dims(0).length));
  }

  /** One scale, bias and so on for each channel. */
  private static void byChannel(Step s) {
    List<Axis> result = new ArrayList<>(s.in(0).axes());
    boolean training = s.node().getOutputList().stream().skip(1).anyMatch(o -> !o.isEmpty());
    if (result.size() < 2 || training) {
      s.pinInputs();
      return;
    }
    if (s.node().getOpType().equals("InstanceNormalization")) {
      pinSpatial(s, 0);
    }
    s.role(1, 0, SlotRole.SCALE);
    for (int i = 1; i < s.inputs(); i++) {
      s.link(result.get(1), s.axis(i, 0));
    }
    s.first(result);
  }

  private static void pool(Step s) {
    boolean indices = s.node().getOutputList().stream().skip(1).anyMatch(o -> !o.isEmpty());
    if (!isPicture(s) || indices) {
      s.pinInputs();
      return;
    }
    pinSpatial(s, 0);
    s.first(picture(s.axis(0, 0), s.axis(0, 1), s.dims(0).length));
  }

  private static void matMul(Step s) {
    int left = s.in(0).rank();
    int right = s.in(1).rank();
    int rank = s.outDims(0).length;
    int batch = Math.max(left, right) - 2;
    if (left < 2 || right < 2 || rank != batch + 2) {
      s.pinInputs();
      return;
    }
    List<Axis> result = new ArrayList<>();
    for (int i = batch; i > 0; i--) {
      List<Axis> some = new ArrayList<>();
      batchAxis(s, 0, left - 2 - i, some);
      batchAxis(s, 1, right - 2 - i, some);
      result.add(ElementRules.joined(s, some));
    }
    result.add(s.axis(0, left - 2));
    result.add(s.axis(1, right - 1));
    product(s, left - 1, right - 2, left - 2, right - 1);
    s.first(result);
  }

  private static void batchAxis(Step s, int input, int axis, List<Axis> some) {
    if (axis >= 0 && s.dims(input)[axis] != 1) {
      some.add(s.axis(input, axis));
    }
  }

  /** Joins what is summed over; rows and columns of constant matrices make channels. */
  private static void product(Step s, int sumA, int sumB, int rows, int columns) {
    s.link(s.axis(0, sumA), s.axis(1, sumB));
    s.role(0, sumA, SlotRole.INPUT);
    s.role(1, sumB, SlotRole.INPUT);
    s.role(0, rows, SlotRole.OUTPUT);
    s.role(1, columns, SlotRole.OUTPUT);
  }

  private static void gemm(Step s) {
    if (s.in(0).rank() != 2 || s.in(1).rank() != 2) {
      s.pinInputs();
      return;
    }
    int sumA = s.integer("transA", 0) == 0 ? 1 : 0;
    int sumB = s.integer("transB", 0) == 0 ? 0 : 1;
    product(s, sumA, sumB, 1 - sumA, 1 - sumB);
    List<Axis> result = new ArrayList<>();
    result.add(s.axis(0, 1 - sumA));
    result.add(s.axis(1, 1 - sumB));
    long[] added = s.dims(2);
    for (int i = 0; i < added.length; i++) {
      int at = 2 - added.length + i;
      if (added[i] != 1 && at >= 0) {
        s.link(result.get(at), s.axis(2, i));
      }
    }
    s.first(result);
  }
}
