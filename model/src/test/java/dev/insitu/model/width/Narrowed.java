package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.google.protobuf.ByteString;
import dev.insitu.model.Judge;
import dev.insitu.model.LayerProfile;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Profiler;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Narrows a model in many ways and compares it with the whole model by ONNX Runtime. */
final class Narrowed {

  private static final float TOLERANCE = 1e-4f;

  private final OnnxModel model;
  private final Map<String, Long> sizes;
  private final Path folder;
  private final ChannelGroups groups;

  Narrowed(OnnxModel model, Map<String, Long> sizes, Path folder) {
    this.model = model;
    this.sizes = sizes;
    this.folder = folder;
    this.groups = ChannelGroups.of(model, sizes, 1);
  }

  List<ChannelGroup> groups() {
    return groups.list();
  }

  /** All checks: permuted only, then of random widths in random orders. */
  void check(long seed, int rounds) throws IOException, OrtException {
    check(seed, rounds, sizes);
  }

  /** The same with inputs of other sizes than those that the groups were found with. */
  void check(long seed, int rounds, Map<String, Long> others) throws IOException, OrtException {
    System.out.println("seed " + seed + " of " + groups.list().size() + " groups");
    Random random = new Random(seed);
    Map<String, Judge.Value> inputs = Judge.inputs(model, others, seed);
    Map<String, Judge.Value> whole = Judge.run(model.file(), OptLevel.BASIC_OPT, inputs);
    Path narrow = folder.resolve("narrow.onnx");
    NarrowModel.write(groups, shuffled(random), Widths.full(groups.list()), narrow);
    assertNear(whole, Judge.run(narrow, OptLevel.BASIC_OPT, inputs));
    for (int round = 0; round < rounds; round++) {
      List<Permutation> order = shuffled(random);
      Widths widths = widths(random);
      NarrowModel.write(groups, order, widths, narrow);
      Path zeroed = zeroed(order, widths);
      OptLevel level = round % 2 == 0 ? OptLevel.BASIC_OPT : OptLevel.ALL_OPT;
      assertNear(Judge.run(zeroed, level, inputs), Judge.run(narrow, level, inputs));
      if (!groups.list().isEmpty()) {
        assertTrue(parameters(narrow) < parameters(zeroed), "not smaller");
      }
    }
  }

  private static long parameters(Path file) {
    try (OnnxModel opened = OnnxModel.open(file)) {
      return opened.parameterCount();
    }
  }

  private List<Permutation> shuffled(Random random) {
    List<Permutation> order = new ArrayList<>();
    for (ChannelGroup group : groups.list()) {
      List<Integer> channels = new ArrayList<>();
      for (int i = 0; i < group.size(); i++) {
        channels.add(i);
      }
      Collections.shuffle(channels, random);
      order.add(new Permutation(channels.stream().mapToInt(Integer::intValue).toArray()));
    }
    return order;
  }

  private Widths widths(Random random) {
    int[] kept =
        groups.list().stream().mapToInt(group -> 1 + random.nextInt(group.size() - 1)).toArray();
    return Widths.of(groups.list(), kept);
  }

  /** Multiply-accumulates of a uniformly narrowed model, by those of the whole. */
  double macsRatio(double share) throws IOException {
    Path narrow = folder.resolve("half.onnx");
    NarrowModel.write(
        groups,
        Permutation.identities(groups.list()),
        Widths.uniform(groups.list(), share),
        narrow);
    try (OnnxModel half = OnnxModel.open(narrow)) {
      return macs(half) / macs(model);
    }
  }

  private double macs(OnnxModel of) {
    return new Profiler(of, sizes).layers().stream().mapToLong(LayerProfile::macs).sum();
  }

  /** The whole model with everything that belongs to dropped channels set to 0. */
  private Path zeroed(List<Permutation> order, Widths widths) throws IOException {
    ModelProto.Builder proto = ModelProto.parseFrom(Files.readAllBytes(permuted())).toBuilder();
    Map<String, byte[]> values = new HashMap<>();
    GraphProto.Builder graph = proto.getGraphBuilder();
    Map<String, TensorProto.Builder> tensors = new HashMap<>();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      tensors.put(tensor.getName(), tensor);
    }
    for (ChannelGroup group : groups.list()) {
      for (Slot slot : group.slots()) {
        TensorProto.Builder tensor = tensors.get(slot.weight());
        byte[] bytes =
            values.computeIfAbsent(slot.weight(), k -> tensor.getRawData().toByteArray());
        for (int place = widths.kept(group.index()); place < group.size(); place++) {
          for (int i = 0; i < slot.repeat(); i++) {
            int channel = order.get(group.index()).at(place);
            zero(bytes, tensor, slot.axis(), slot.position(channel, i));
          }
        }
      }
    }
    values.forEach((name, bytes) -> tensors.get(name).setRawData(ByteString.copyFrom(bytes)));
    return Files.write(folder.resolve("zeroed.onnx"), proto.build().toByteArray());
  }

  /** The model as it is, with all values inside. */
  private Path permuted() {
    Path same = folder.resolve("same.onnx");
    NarrowModel.write(
        groups, Permutation.identities(groups.list()), Widths.full(groups.list()), same);
    return same;
  }

  private static void zero(byte[] bytes, TensorProto.Builder tensor, int axis, int index) {
    int inner = 1;
    for (int i = axis + 1; i < tensor.getDimsCount(); i++) {
      inner *= (int) tensor.getDims(i);
    }
    long elements = tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
    int row = (int) (bytes.length / elements) * inner;
    int stride = row * (int) tensor.getDims(axis);
    for (int at = index * row; at < bytes.length; at += stride) {
      Arrays.fill(bytes, at, at + row, (byte) 0);
    }
  }

  static void assertNear(Map<String, Judge.Value> expected, Map<String, Judge.Value> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, value) -> {
      Judge.Value other = actual.get(name);
      assertArrayEquals(value.dims(), other.dims(), name);
      assertEquals(OnnxJavaType.FLOAT, value.type());
      assertNear(name, value.bytes(), other.bytes());
    });
  }

  private static void assertNear(String name, ByteBuffer expected, ByteBuffer actual) {
    float largest = 0;
    float apart = 0;
    for (int at = 0; at < expected.limit(); at += Float.BYTES) {
      float reference = expected.getFloat(at);
      largest = Math.max(largest, Math.abs(reference));
      float difference = Math.abs(reference - actual.getFloat(at));
      apart = Float.isNaN(difference) ? Float.MAX_VALUE : Math.max(apart, difference);
    }
    assertTrue(apart <= TOLERANCE * largest, name + " differs by " + apart + " of " + largest);
  }
}
