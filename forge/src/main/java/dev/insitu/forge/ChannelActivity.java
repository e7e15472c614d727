package dev.insitu.forge;

import com.google.protobuf.ByteString;
import dev.insitu.forge.integer.IntegerException;
import dev.insitu.forge.integer.SampleRun;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Ops;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.ValueInfoProto;
import dev.insitu.model.width.ChannelGroup;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Slot;
import dev.insitu.model.width.SlotRole;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How active channels are on samples: the mean magnitude of what layers read of them. */
final class ChannelActivity {

  private static final int MOST_SAMPLES = 256;
  private static final int AXES_ARE_INPUT_SINCE = 18;

  /** A model with its weights inside is one message; a larger one is judged by its weights. */
  private static final long MOST_BYTES = 512L << 20;

  private final Map<Integer, List<Reading>> readings = new HashMap<>(); // by group
  private final Map<String, double[]> means = new HashMap<>(); // by name of the mean

  /** A weight reads a group's channels from a dimension of a value. */
  private record Reading(Slot slot, String mean) {}

  /** What a node reads channels from. */
  private record Read(String value, int axis) {}

  private ChannelActivity() {}

  /** Runs samples; if the model cannot be run with them, nothing is known of any group. */
  static ChannelActivity of(OnnxModel model, ChannelGroups groups, Samples samples) {
    ChannelActivity activity = new ChannelActivity();
    long bytes = model.weights().stream().mapToLong(Weight::byteLength).sum();
    Map<String, Read> asked = activity.find(model, groups);
    if (bytes > MOST_BYTES || asked.isEmpty()) {
      return activity;
    }
    byte[] graph = withMeans(model, groups, asked).toByteArray();
    try (SampleRun run = new SampleRun(graph, samples.first(MOST_SAMPLES))) {
      run.run(
          asked.keySet(),
          (from, count, made) -> made.forEach((name, value) -> activity.add(name, value.values())));
    } catch (IntegerException e) {
      activity.means.clear();
    }
    return activity;
  }

  private void add(String name, float[] values) {
    double[] sum = means.computeIfAbsent(name, k -> new double[values.length]);
    for (int i = 0; i < values.length; i++) {
      sum[i] += values[i];
    }
  }

  /** Finds what is read of which group, and says what is to be measured, by name. */
  private Map<String, Read> find(OnnxModel model, ChannelGroups groups) {
    Map<String, List<NodeProto>> readers = new HashMap<>();
    for (NodeProto node : model.skeleton().getGraph().getNodeList()) {
      if (node.getInputCount() > 1) {
        readers.computeIfAbsent(node.getInput(1), k -> new ArrayList<>()).add(node);
      }
    }
    Map<String, Read> asked = new LinkedHashMap<>();
    for (ChannelGroup group : groups.list()) {
      for (Slot slot : group.slots(SlotRole.INPUT)) {
        for (NodeProto node : readers.getOrDefault(slot.weight(), List.of())) {
          int rank = groups.rank(node.getInput(0));
          int axis = axis(node, slot.axis(), rank);
          if (axis >= 0 && axis < rank) {
            String mean = node.getInput(0) + "~mean" + axis;
            asked.put(mean, new Read(node.getInput(0), axis));
            readings
                .computeIfAbsent(group.index(), k -> new ArrayList<>())
                .add(new Reading(slot, mean));
          }
        }
      }
    }
    return asked;
  }

  /** The dimension of what a node reads that counts what one of its weight's counts; or -1. */
  private static int axis(NodeProto node, int weightAxis, int rank) {
    return switch (node.getOpType()) {
      case "Conv" -> weightAxis == 1 && Ops.integer(node, "group", 1) == 1 ? 1 : -1;
      case "MatMul" -> weightAxis == 0 ? rank - 1 : -1;
      case "Gemm" -> {
        boolean inner = weightAxis == (Ops.integer(node, "transB", 0) == 0 ? 0 : 1);
        yield inner && Ops.integer(node, "transA", 0) == 0 ? 1 : -1;
      }
      default -> -1;
    };
  }

  private static ModelProto withMeans(
      OnnxModel model, ChannelGroups groups, Map<String, Read> asked) {
    GraphProto.Builder graph = model.skeleton().getGraph().toBuilder().clearInitializer();
    for (TensorProto tensor : model.skeleton().getGraph().getInitializerList()) {
      graph.addInitializer(filled(tensor, model));
    }
    graph.clearOutput();
    asked.forEach((name, read) -> {
      graph.addNode(
          NodeProto.newBuilder().setOpType("Abs").addInput(read.value()).addOutput(name + "~"));
      graph.addNode(mean(name, groups.rank(read.value()), read.axis(), model.opset(), graph));
      graph.addOutput(ValueInfoProto.newBuilder().setName(name));
    });
    return model.skeleton().toBuilder().setGraph(graph).build();
  }

  private static TensorProto filled(TensorProto tensor, OnnxModel model) {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return tensor;
    }
    int number = Integer.parseInt(tensor.getExternalData(0).getValue());
    Weight weight = model.weights().get(number);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(weight.byteLength()));
    weight.read(0, bytes);
    return tensor.toBuilder()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  /** The mean over all dimensions but one. */
  private static NodeProto mean(
      String name, int rank, int axis, int opset, GraphProto.Builder graph) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType("ReduceMean")
            .addInput(name + "~")
            .addOutput(name)
            .addAttribute(
                AttributeProto.newBuilder().setName("keepdims").setType(AttributeType.INT));
    AttributeProto.Builder axes =
        AttributeProto.newBuilder().setName("axes").setType(AttributeType.INTS);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.max(0, rank - 1) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long other = 0; other < rank; other++) {
      if (other != axis) {
        axes.addInts(other);
        bytes.putLong(other);
      }
    }
    if (opset < AXES_ARE_INPUT_SINCE) {
      return node.addAttribute(axes).build();
    }
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name + "~axes")
            .setDataType(DataType.INT64_VALUE)
            .addDims(rank - 1)
            .setRawData(ByteString.copyFrom(bytes.flip())));
    return node.addInput(name + "~axes").build();
  }

  /** Whether anything is known of a group. */
  boolean has(ChannelGroup group) {
    return readings.getOrDefault(group.index(), List.of()).stream()
        .anyMatch(reading -> means.containsKey(reading.mean()));
  }

  /** By channel of a group: how active it is, over all that read it. */
  double[] means(ChannelGroup group) {
    double[] sums = new double[group.size()];
    for (Reading reading : readings.getOrDefault(group.index(), List.of())) {
      double[] values = means.getOrDefault(reading.mean(), new double[0]);
      for (int channel = 0; channel < sums.length; channel++) {
        for (int i = 0; i < reading.slot().repeat(); i++) {
          int position = reading.slot().position(channel, i);
          sums[channel] += position < values.length ? values[position] : 0;
        }
      }
    }
    return sums;
  }
}
