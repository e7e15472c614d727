package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.model.PlainOnnx;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.KeptRootFile;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Families that hold the model that they come from. */
class KeptRootTest {

  @TempDir Path folder;

  private Path write(String name, GraphProto.Builder graph) throws IOException {
    return Onnx.write(graph, folder.resolve(name));
  }

  private static ForgeOptions keeping(Path root) {
    return ForgeOptions.of("family", "1").withMaxSegments(3).withParent(root).withRootKept(true);
  }

  /** The root as the package gives it back. */
  private Path exported(Packed packed) throws IOException {
    KeptRoot kept = packed.manifest().keptRoot().orElseThrow();
    Path weights = folder.resolve("root.weights");
    KeptRootFile.assemble(packed.manifest(), kept, packed.file(), weights);
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(weights));
    Files.delete(weights);
    Path out = folder.resolve("returned.onnx");
    PlainOnnx.write(
        kept.graph(packed.manifest(), packed.file()),
        (offset, into) -> into.put(all.slice((int) offset, into.remaining())),
        out);
    return out;
  }

  private static Map<String, Tensor> answers(Path model, Map<String, Tensor> inputs) {
    try (GraphRun run = GraphRun.open(model, Optimisation.NONE)) {
      return run.run(inputs);
    }
  }

  @Test
  void rootsOfRandomNetsOfSeveralWidthsComeBack() throws IOException {
    Map<String, Tensor> picture =
        Map.of("x", Tensor.of(Onnx.normal(new Random(9), 2 * 3 * 8 * 8, 1), 2, 3, 8, 8));
    for (long seed = 0; seed < 8; seed++) {
      Path root = write("root.onnx", RandomNet.make(seed));
      Path family = write("family.onnx", Onnx.moved(RandomNet.make(seed), 0.01f));
      ForgeOptions options = keeping(root).withWidths(List.of(0.25, 0.5));
      try (Packed packed = Packed.of(family, folder, options)) {
        Map<String, Tensor> expected = answers(root, picture);
        assertEquals(expected, answers(exported(packed), picture), "seed " + seed);
        assertTrue(!expected.equals(answers(family, picture)), "seed " + seed);
      }
    }
  }

  @Test
  void headsHaveNoCounterpartAndNeedNone() throws IOException {
    int size = 260;
    Path root = write("root.onnx", Onnx.chain(5, 4, size));
    Path family = write("family.onnx", Onnx.moved(Onnx.chain(5, 4, size), 0.01f));
    GraphProto.Builder head =
        Onnx.graph()
            .addInput(Onnx.value("hidden1", Onnx.FLOAT, -1, size))
            .addOutput(Onnx.value("scores", Onnx.FLOAT, -1, size))
            .addInitializer(Onnx.random("w", new Random(3), size, size))
            .addNode(Onnx.node("MatMul", List.of("hidden1", "w"), "scores"));
    ExitHead exit = new ExitHead(0, write("head.onnx", head));
    try (Packed packed = Packed.of(family, folder, keeping(root).withExits(List.of(exit)))) {
      Map<String, Tensor> input = Map.of("x", Tensor.of(new float[size], 1, size));
      assertEquals(answers(root, input), answers(exported(packed), input));
      int ofHead = packed.manifest().exits().get(0).head().tensors().get(0);
      int first = packed.manifest().blocks().firstBlock(ofHead);
      assertTrue(
          packed.manifest().keptRoot().orElseThrow().chunks().stream()
              .allMatch(chunk -> chunk.endBlock() <= first));
    }
  }

  @Test
  void aFamilyThatIsItsRootKeepsNextToNothingAndAgrees() throws IOException {
    Path root = write("root.onnx", Onnx.chain(5, 4, 200));
    try (Packed bare = Packed.of(root, folder)) {
      ForgeOptions options =
          keeping(root).withSamples(GeneratedSamples.make(bare.manifest().inputs(), 5, 3));
      try (Packed packed = Packed.of(root, folder, options)) {
        KeptRoot kept = packed.manifest().keptRoot().orElseThrow();
        assertEquals(List.of(), kept.chunks());
        assertEquals(packed.manifest().header().reference(), kept.reference());
        assertTrue(kept.bytes() < 100, kept.bytes() + " bytes");
        Profile profile = ProfileCodec.read(packed.file().profile());
        assertEquals(new Profile.RootAgreement(5, 1), profile.rootAgreement().orElseThrow());
      }
      assertTrue(bare.result().profile().rootAgreement().isEmpty());
    }
  }

  @Test
  void anotherModelThanTheRootIsRefused() throws IOException {
    Path root = write("root.onnx", Onnx.chain(5, 4, 200));
    assertRefused(
        "has none of its name, type and length", write("a.onnx", Onnx.chain(5, 4, 210)), root);
    assertRefused("is another than the family's", write("b.onnx", Onnx.chain(5, 3, 200)), root);
    Path family = write("c.onnx", Onnx.chain(6, 4, 200));
    ForgeException replaced =
        assertThrows(
            ForgeException.class,
            () -> Forge.pack(family, root, keeping(root), ForgeProgress.NONE));
    assertTrue(replaced.getMessage().contains("is a file of the model itself"));
  }

  private void assertRefused(String message, Path family, Path root) {
    ForgeException refused =
        assertThrows(ForgeException.class, () -> Packed.of(family, folder, keeping(root)));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }
}
