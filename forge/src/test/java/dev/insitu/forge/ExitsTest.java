package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages with heads for early exits. */
class ExitsTest {

  private static final int SIZE = 260;
  private static final int LAYERS = 4;

  @TempDir Path folder;
  private Path model;
  private List<String> crossing;

  @BeforeEach
  void writesTheRoot() throws IOException {
    model = Onnx.write(Onnx.chain(5, LAYERS, SIZE), folder.resolve("model.onnx"));
    try (Packed bare = Packed.of(model, folder)) {
      crossing =
          bare.manifest().segments().stream().map(segment -> segment.outputs().get(0)).toList();
      assertTrue(crossing.size() >= 3, "segments: " + crossing);
    }
  }

  private static GraphProto.Builder head(String input, TensorProto.Builder weight) {
    return Onnx.graph()
        .addInput(Onnx.value(input, Onnx.FLOAT, -1, SIZE))
        .addOutput(Onnx.value("scores", Onnx.FLOAT, -1, SIZE))
        .addInitializer(weight)
        .addNode(Onnx.node("MatMul", List.of(input, weight.getName()), "inner"))
        .addNode(Onnx.node("Relu", List.of("inner"), "scores"));
  }

  private ExitHead exit(int after, TensorProto.Builder weight) throws IOException {
    Path file = folder.resolve("head" + after + ".onnx");
    return new ExitHead(after, Onnx.write(head(crossing.get(after), weight), file));
  }

  private ExitHead exit(int after) throws IOException {
    return exit(after, Onnx.random("w", new Random(after), SIZE, SIZE));
  }

  private static ForgeOptions options(ExitHead... exits) {
    return ForgeOptions.of("test", "1").withExits(List.of(exits));
  }

  @Test
  void headsReturnBitForBitAndCanonicalPrefixesStayClosed() throws IOException {
    try (Packed packed = Packed.of(model, folder, options(exit(1), exit(0)))) {
      Manifest manifest = packed.manifest();
      assertEquals(List.of(0, 1), manifest.exits().stream().map(ExitSpec::after).toList());
      packed.assertPrefixesAreClosed();
      for (ExitSpec exit : manifest.exits()) {
        assertEquals(1, exit.head().tensors().size());
        assertEquals(
            "exit" + exit.after() + "/w",
            manifest.tensors().get(exit.head().tensors().get(0)).name());
        assertEquals(List.of("exit" + exit.after() + "/scores"), exit.head().outputs());
        assertEquals((long) SIZE * SIZE, exit.head().macs());
      }
      Path weights = folder.resolve("weights.bin");
      WeightFile.assemble(manifest, packed.file(), packed.whole(), t -> true, weights);
      assertEquals(manifest.header().reference(), WeightFile.digest(manifest, weights));
    }
  }

  @Test
  void theRootsChunksAreTheSameWithAndWithoutExits() throws IOException {
    try (Packed bare = Packed.of(model, folder);
        Packed packed = Packed.of(model, folder, options(exit(0), exit(1)))) {
      assertTrue(packed.digests().containsAll(bare.digests()));
      assertEquals(bare.manifest().segments(), packed.manifest().segments());
      SubModel depth = SubModel.of(packed.manifest(), 1, packed.manifest().losslessGroup());
      SubModel segments =
          SubModel.ofSegments(packed.manifest(), 1, packed.manifest().losslessGroup());
      long own = depth.bytes() - segments.bytes();
      assertTrue(own < 4L * SIZE * SIZE, "an exit costs its own head only: " + own);
    }
  }

  @Test
  void headsComeLastInTheBaseAndAreRefinedInStep() throws IOException {
    TensorProto.Builder small = Onnx.random("w", new Random(3), SIZE, SIZE);
    try (Packed packed = Packed.of(model, folder, options(exit(0, small)))) {
      Manifest manifest = packed.manifest();
      int head = manifest.exits().get(0).head().tensors().get(0);
      int base = manifest.lattice().chunksOf(0).length;
      int own = manifest.lattice().chunksOf(head, 0).min().orElseThrow();
      int others = base - (int) manifest.lattice().chunksOf(head, 0).count();
      assertEquals(others, own, "after all of the base that segments use");
      int firstPlane = manifest.lattice().chunksOf(head, 1).min().orElseThrow();
      int lastOfModel =
          java.util.stream.IntStream.range(0, head)
              .flatMap(t -> manifest.lattice().chunksOf(t, 3))
              .min()
              .orElseThrow();
      assertTrue(firstPlane < lastOfModel, "not behind what refines the model much further");
    }
  }

  @Test
  void aWeightThatTheRootHasTooIsStoredOnce() throws IOException {
    Random random = new Random(5);
    TensorProto.Builder shared = Onnx.random("other-name", random, SIZE, SIZE); // the chain's first
    try (Packed bare = Packed.of(model, folder);
        Packed packed = Packed.of(model, folder, options(exit(1, shared)))) {
      assertEquals(bare.manifest().tensors(), packed.manifest().tensors());
      assertEquals(List.of(0), packed.manifest().exits().get(0).head().tensors());
      assertArrayEquals(
          expected(packed, 1, shared).floats(), run(packed, packed.whole(), 1).floats());
    }
  }

  @Test
  void segmentsAndHeadGiveWhatTheFilesGive() throws IOException {
    TensorProto.Builder weight = Onnx.random("w", new Random(1), SIZE, SIZE);
    try (Packed packed = Packed.of(model, folder, options(exit(0), exit(1, weight)))) {
      float[] whole = run(packed, packed.whole(), 1).floats();
      assertArrayEquals(expected(packed, 1, weight).floats(), whole, 1e-4f);
      SubModel depth = SubModel.of(packed.manifest(), 2, packed.manifest().losslessGroup());
      assertArrayEquals(whole, run(packed, depth, 1).floats());
    }
  }

  private Map<String, Tensor> input() {
    float[] values = Onnx.normal(new Random(9), SIZE, 1);
    return Map.of("x", Tensor.of(values, 1, SIZE));
  }

  /** The root up to the cut and the head's file, in one graph. */
  private Tensor expected(Packed packed, int after, TensorProto.Builder weight) throws IOException {
    GraphProto.Builder joined =
        GraphProto.parseFrom(
                dev.insitu.model.proto.ModelProto.parseFrom(Files.readAllBytes(model))
                    .getGraph()
                    .toByteArray())
            .toBuilder()
            .clearOutput()
            .addOutput(Onnx.value("scores", Onnx.FLOAT, -1, SIZE));
    String cut = packed.manifest().segments().get(after).outputs().get(0);
    joined.addInitializer(weight.clone().setName("headWeight"));
    joined.addNode(Onnx.node("MatMul", List.of(cut, "headWeight"), "inner"));
    joined.addNode(Onnx.node("Relu", List.of("inner"), "scores"));
    Path file = Onnx.write(joined, folder.resolve("joined.onnx"));
    try (GraphRun run = GraphRun.open(file, Optimisation.BASIC)) {
      return run.run(input()).get("scores");
    }
  }

  private Tensor run(Packed packed, SubModel sub, int after) throws IOException {
    List<Map<String, Tensor>> batches = new ArrayList<>(List.of(new HashMap<>(input())));
    Path directory = Files.createTempDirectory(folder, "walk");
    new SegmentWalk(packed.manifest(), packed.file(), directory)
        .runWithExits(
            sub.union(SubModel.of(packed.manifest(), segments(packed), 0).union(base(packed))),
            batches);
    return batches.get(0).get("exit" + after + "/scores");
  }

  private static SubModel base(Packed packed) {
    return SubModel.closureOf(
        packed.manifest(), java.util.Arrays.stream(packed.manifest().lattice().chunksOf(0)));
  }

  private static int segments(Packed packed) {
    return packed.manifest().segments().size();
  }

  @Test
  void everyExitIsMeasured() throws IOException {
    Samples made;
    try (OnnxModel root = OnnxModel.open(model)) {
      made = GeneratedSamples.make(Forge.inputs(root), 20, 3);
    }
    int[] labels = new int[20];
    Samples samples = new Samples(made.columns(), Optional.of(labels), "test");
    ForgeOptions options = options(exit(0), exit(1)).withSamples(samples);
    try (Packed packed = Packed.of(model, folder, options)) {
      Profile profile = packed.result().profile();
      assertEquals(profile, ProfileCodec.read(packed.file().profile()));
      assertEquals(2, profile.exits().size());
      for (Profile.Exit exit : profile.exits()) {
        SubModel used =
            SubModel.of(packed.manifest(), exit.depth(), packed.manifest().losslessGroup());
        assertTrue(exit.points().size() > 3, exit.toString());
        assertEquals(used.bytes(), exit.points().getLast().bytes());
        assertEquals(Optional.of(exit.points().getLast()), profile.best(used, exit.depth()));
        assertTrue(exit.points().getLast().accuracy().isPresent());
        assertTrue(
            Math.abs(exit.macsShare().orElseThrow() - (exit.depth() + 1.0) / LAYERS) < 0.3,
            exit.toString());
      }
      assertEquals(EarlyPolicies.BUDGETS, profile.early().stream().map(e -> e.budget()).toList());
      for (Profile.Early early : profile.early()) {
        assertTrue(early.loss() <= early.budget() && early.macsShare() <= 1, early.toString());
        assertEquals(2, early.policy().thresholds().size());
      }
    }
  }

  @Test
  void moreExitsThanCutsAreRefused() throws IOException {
    List<ExitHead> many = new ArrayList<>();
    for (int i = 0; i < crossing.size(); i++) {
      many.add(exit(Math.min(i, crossing.size() - 2)));
    }
    String message = refused(many.toArray(ExitHead[]::new));
    assertTrue(message.contains(many.size() + " exits"), message);
    assertTrue(message.contains((many.size() - 1) + " cuts"), message);
  }

  @Test
  void anExitAtAPlaceThereIsNotIsRefused() throws IOException {
    ExitHead last = new ExitHead(crossing.size() - 1, exit(0).onnx());
    assertTrue(refused(last).contains("exits stand after the segments 0 to"), refused(last));
    assertTrue(refused(exit(0), exit(0)).contains("Two exits"));
    assertThrows(ForgeException.class, () -> new ExitHead(-1, model));
  }

  @Test
  void aHeadThatDoesNotFitIsRefusedAndNothingIsWritten() throws IOException {
    Path wrong =
        Onnx.write(
            head("nowhere", Onnx.random("w", new Random(1), SIZE, SIZE)),
            folder.resolve("wrong.onnx"));
    Path target = folder.resolve("none.insitu");
    OnnxException e =
        assertThrows(
            OnnxException.class,
            () -> Forge.pack(model, target, options(new ExitHead(0, wrong)), ForgeProgress.NONE));
    assertTrue(e.getMessage().contains("reads 'nowhere'"), e.getMessage());
    assertFalse(Files.exists(target));
  }

  @Test
  void thePackageMayNotReplaceAHead() throws IOException {
    ExitHead exit = exit(0);
    assertThrows(
        ForgeException.class,
        () -> Forge.pack(model, exit.onnx(), options(exit), ForgeProgress.NONE));
  }

  private String refused(ExitHead... exits) {
    Path target = folder.resolve("none.insitu");
    return assertThrows(
            ForgeException.class,
            () -> Forge.pack(model, target, options(exits), ForgeProgress.NONE))
        .getMessage();
  }
}
