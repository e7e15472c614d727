package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.RealFiles;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Importance;
import dev.insitu.model.width.ModelTensors;
import dev.insitu.model.width.NarrowModel;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Widths;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages of several widths, against narrower models written by themselves. */
class WidthsTest {

  private static final int NETS = 25;

  @TempDir Path folder;

  private static ForgeOptions options(Double... shares) {
    return ForgeOptions.of("test", "1").withWidths(List.of(shares)).withMaxSegments(3);
  }

  private static Map<String, Tensor> input() {
    return Map.of("x", Tensor.of(Onnx.normal(new Random(9), 2 * 3 * 8 * 8, 1), 2, 3, 8, 8));
  }

  /** Writes the narrower model of a root and heads by itself. */
  private Path narrow(Path model, ForgeOptions options, double share) {
    Path out = folder.resolve("narrow.onnx");
    try (OnnxModel root = OnnxModel.open(model)) {
      SegmentPlan plan = Forge.plan(root, options);
      try (Heads heads = Heads.open(root, plan, options.exits())) {
        OnnxModel joined = heads.joined(root);
        ChannelGroups groups = ChannelGroups.of(joined);
        Importance importance = Importance.magnitude(new ModelTensors(joined));
        List<Permutation> orders =
            groups.list().stream()
                .map(group -> Permutation.byImportance(importance.scores(group)))
                .toList();
        NarrowModel.write(groups, orders, Widths.rounded(groups.list(), share), out);
      }
    }
    return out;
  }

  /** Checks that every width of a package computes what the narrower model by itself does. */
  private void check(Path model, ForgeOptions options, Map<String, Tensor> inputs)
      throws IOException {
    try (Packed packed = Packed.of(model, folder, options)) {
      packed.assertPrefixesAreClosed();
      if (options.exits().isEmpty()) {
        packed.check();
      }
      Map<String, Tensor> full = packed.fused(packed.whole(), inputs, Optimisation.BASIC);
      try (Packed bare = Packed.of(model, folder, options.withWidths(List.of()))) {
        assertEquals(bare.fused(bare.whole(), inputs, Optimisation.BASIC), full, "bit for bit");
      }
      packed
          .root(inputs, Optimisation.BASIC)
          .forEach((name, value) -> Packed.assertNear(name, value, full.get(name)));
      long before = 0;
      for (int width = 0; width < options.widths().size(); width++) {
        Manifest view = packed.manifest().atWidth(width);
        SubModel whole = SubModel.whole(view);
        assertTrue(whole.bytes() >= before, "wider widths hold narrower ones");
        before = whole.bytes();
        assertEquals(packed.manifest().segments().size(), view.segments().size());
        Path narrow = narrow(model, options, view.share());
        Map<String, Tensor> values = packed.values(whole, inputs, Optimisation.BASIC);
        try (GraphRun run = GraphRun.open(narrow, Optimisation.BASIC)) {
          Map<String, Tensor> expected = run.run(inputs);
          Map<String, Tensor> fused = packed.fused(whole, inputs, Optimisation.BASIC);
          assertTrue(expected.keySet().containsAll(fused.keySet()));
          fused.forEach((name, value) -> Packed.assertNear(name, expected.get(name), value));
          expected.forEach((name, value) -> Packed.assertNear(name, value, values.get(name)));
        }
      }
    }
  }

  @Test
  void randomNetsComputeAtEveryWidthWhatIsLeft() throws IOException {
    for (int seed = 0; seed < NETS; seed++) {
      Random random = new Random(seed);
      Path model = Onnx.write(RandomNet.make(seed), folder.resolve("model.onnx"));
      Set<Double> shares = new TreeSet<>();
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        shares.add((1 + random.nextInt(19)) / 20.0);
      }
      try {
        check(model, options(shares.toArray(Double[]::new)), input());
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", widths " + shares + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void headsNarrowWithWhatTheyRead() throws IOException {
    for (int seed = 0; seed < 6; seed++) {
      Path model = Onnx.write(RandomNet.make(seed), folder.resolve("model.onnx"));
      ForgeOptions bare = options(0.25, 0.5);
      List<ExitHead> exits = new ArrayList<>();
      try (OnnxModel root = OnnxModel.open(model)) {
        SegmentPlan plan = Forge.plan(root, bare);
        ChannelGroups groups = ChannelGroups.of(root);
        String value = plan.cuts().getFirst().values().getFirst();
        int channels = channels(root, groups, value);
        Path head = Onnx.write(RandomNet.head(value, channels, seed), folder.resolve("head.onnx"));
        exits.add(new ExitHead(0, head));
      }
      ForgeOptions options = bare.withExits(exits);
      check(model, options, input());
      try (Packed packed = Packed.of(model, folder, options)) {
        Manifest half = packed.manifest().atShare(0.5);
        long whole = weights(packed.manifest().exits().getFirst().head(), packed.manifest());
        assertTrue(weights(half.exits().getFirst().head(), half) < whole, "seed " + seed);
        SubModel early = SubModel.of(half, 1, half.losslessGroup());
        assertTrue(early.answeringDepth() >= 1);
        assertTrue(early.bytes() < SubModel.of(packed.manifest(), 1, half.losslessGroup()).bytes());
      }
    }
  }

  private static int channels(OnnxModel root, ChannelGroups groups, String value) {
    assertEquals(4, groups.rank(value));
    return root.skeleton().getGraph().getNodeList().stream()
        .filter(node -> node.getOutput(0).equals(value))
        .mapToInt(node -> RandomNet.channels(root.skeleton().getGraph(), node))
        .findFirst()
        .orElseThrow();
  }

  private static long weights(SegmentSpec segment, Manifest of) {
    return segment.tensors().stream().mapToLong(t -> of.tensors().get(t).length()).sum();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet20-cifar10/model.onnx",
        "ultraface/rfb-320.onnx",
        "vit-cifar10/model.onnx",
        "tinybert/tinybert.onnx"
      })
  void realModelsComputeAtHalfWidthWhatIsLeft(String name) throws IOException {
    Path model = RealFiles.model(name, folder);
    ForgeOptions options = ForgeOptions.of("test", "1").withWidths(List.of(0.5));
    Map<String, Tensor> inputs;
    try (OnnxModel root = OnnxModel.open(model)) {
      inputs = RealInputs.of(Forge.inputs(root));
    }
    check(model, options, inputs);
    try (Packed packed = Packed.of(model, folder, options);
        Packed bare = Packed.of(model, folder)) {
      double nested = packed.manifest().chunkBytes();
      double macs = macs(packed.manifest().atWidth(0)) / macs(packed.manifest());
      System.out.printf(
          "WIDTH %s: nested %.4f of the bytes of one width, half %.3f of the MACs, %.3f of the"
              + " bytes%n",
          name,
          nested / bare.manifest().chunkBytes(),
          macs,
          packed.manifest().atWidth(0).chunkBytes() / nested);
      assertTrue(nested <= 1.03 * bare.manifest().chunkBytes(), "nesting costs next to nothing");
      assertTrue(macs <= 0.55, macs + " of the MACs");
    }
  }

  private static double macs(Manifest of) {
    return of.segments().stream().mapToDouble(SegmentSpec::macs).sum();
  }

  @Test
  void channelsThatSamplesMakeActiveComeFirst() throws IOException {
    Random random = new Random(4);
    float[] first = Onnx.normal(random, 64 * 64, 0.1);
    float[] bias = new float[64];
    java.util.Arrays.fill(bias, 0, 48, -1000); // large weights, but silent on all samples
    for (int i = 0; i < first.length; i++) {
      first[i] *= i % 64 < 48 ? 5 : 1;
    }
    var graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, -1, 64))
            .addOutput(Onnx.value("y", Onnx.FLOAT, -1, 64))
            .addInitializer(Onnx.floats("w0", first, 64, 64))
            .addInitializer(Onnx.floats("b", bias, 64))
            .addInitializer(Onnx.random("w1", random, 64, 64))
            .addNode(Onnx.node("MatMul", List.of("x", "w0"), "m"))
            .addNode(Onnx.node("Add", List.of("m", "b"), "a"))
            .addNode(Onnx.node("Relu", List.of("a"), "h"))
            .addNode(Onnx.node("MatMul", List.of("h", "w1"), "y"));
    Path model = Onnx.write(graph, folder.resolve("model.onnx"));
    float[] values = Onnx.normal(random, 20 * 64, 0.1);
    Column column = new Column(ElementType.FLOAT32, new long[] {1, 64}, 20, Onnx.bytes(values));
    Samples samples = new Samples(Map.of("x", column), Optional.empty(), "test");
    try (Packed measured =
            Packed.of(model, folder, options(0.25).withMaxSegments(1).withSamples(samples));
        Packed blind = Packed.of(model, folder, options(0.25).withMaxSegments(1))) {
      Map<String, Tensor> x = Map.of("x", Tensor.of(Onnx.normal(random, 64, 0.1), 1, 64));
      Map<String, Tensor> root = measured.root(x, Optimisation.BASIC);
      Map<String, Tensor> active = measured.fused(narrowest(measured), x, Optimisation.BASIC);
      Packed.assertNear("y", root.get("y"), active.get("y"));
      Map<String, Tensor> silent = blind.fused(narrowest(blind), x, Optimisation.BASIC);
      assertArrayEquals(new float[64], silent.get("y").floats(), "only silent channels");
      var width = measured.result().profile().width(measured.manifest().atWidth(0)).orElseThrow();
      assertEquals(1, width.points().getLast().agreement());
      assertEquals(0.25, width.macsShare().orElseThrow(), 0.01);
    }
  }

  private static SubModel narrowest(Packed packed) {
    return SubModel.whole(packed.manifest().atWidth(0));
  }

  @Test
  void aLaterVersionKeepsTheOrderOfItsBase() throws IOException {
    Path model = Onnx.write(RandomNet.make(3), folder.resolve("model.onnx"));
    GraphProto.Builder graph = RandomNet.make(3);
    TensorProto.Builder stem = graph.getInitializerBuilder(0);
    byte[] values = stem.getRawData().toByteArray();
    for (int i = 2; i < values.length; i += 40) {
      values[i] ^= 1; // a small change of a few weights
    }
    for (int i = 0; i < 27; i++) {
      values[4 * i + 3] = 0; // of little weight from now on
    }
    Path next =
        Onnx.write(
            graph.setInitializer(0, stem.setRawData(ByteString.copyFrom(values))),
            folder.resolve("next.onnx"));
    try (Packed first = Packed.of(model, folder, options(0.5));
        Packed second = Packed.of(next, folder, options(0.5).withBases(List.of(first.file())));
        Packed alone = Packed.of(next, folder, options(0.5))) {
      assertEquals(first.manifest().widthTable().axes(), second.manifest().widthTable().axes());
      assertFalse(
          first.manifest().widthTable().axes().equals(alone.manifest().widthTable().axes()));
      assertEquals(1, second.manifest().differences().size());
    }
  }

  @Test
  void aModelWithoutChannelsToLeaveOutIsRefused() throws IOException {
    Path model = Onnx.write(Onnx.chain(1, 1, 64), folder.resolve("model.onnx"));
    ForgeException refused =
        assertThrows(
            ForgeException.class,
            () -> Forge.pack(model, folder.resolve("p.insitu"), options(0.5), ForgeProgress.NONE));
    assertTrue(String.valueOf(refused.getMessage()).contains("no channels"), refused.getMessage());
  }

  @Test
  void sharesOutOfRangeAreRefused() {
    for (double share : new double[] {0, 1, -0.5, 1.5, Double.NaN, 0.0001, 0.9999}) {
      assertThrows(ForgeException.class, () -> options(share), "share " + share);
    }
    assertThrows(ForgeException.class, () -> options(0.5, 0.5));
  }
}
