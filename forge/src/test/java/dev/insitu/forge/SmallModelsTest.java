package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto;
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

/** Every kind of weight, packed and rebuilt. */
class SmallModelsTest {

  @TempDir Path folder;

  private Packed pack(GraphProto.Builder graph) throws IOException {
    return Packed.of(Onnx.write(graph, folder.resolve("model.onnx")), folder);
  }

  private Packed pack(TensorProto.Builder... weights) throws IOException {
    return pack(Onnx.chain(List.of(weights)));
  }

  private static Map<String, Tensor> input(int columns) {
    return Map.of("x", Tensor.of(Onnx.normal(new Random(9), 2 * columns, 1), 2, columns));
  }

  private static TensorSpec tensor(Packed packed, String name) {
    return packed.manifest().tensors().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aChainOfMatricesReturnsWholeAndComputesTheSame() throws IOException {
    try (Packed packed = pack(Onnx.chain(1, 6, 160))) {
      packed.check();
      assertTrue(packed.manifest().segments().size() > 1);
      packed.assertAnswersReturn(input(160), Optimisation.BASIC);
      packed.assertAnswersReturn(input(160), Optimisation.ALL);
    }
  }

  @Test
  void aTiedWeightIsStoredOnce() throws IOException {
    Random random = new Random(2);
    TensorProto.Builder tied = Onnx.random("tied", random, 150, 150);
    try (Packed packed = pack(tied, Onnx.random("other", random, 150, 150), tied)) {
      assertEquals(2, packed.manifest().tensors().size());
      packed.check();
      packed.assertAnswersReturn(input(150), Optimisation.BASIC);
    }
  }

  @Test
  void aModelOfOneSegmentNeedsNoSecondGraph() throws IOException {
    Path model = Onnx.write(Onnx.chain(3, 3, 120), folder.resolve("model.onnx"));
    try (Packed packed =
        Packed.of(model, folder, ForgeOptions.of("test", "1").withMaxSegments(1))) {
      assertEquals(1, packed.manifest().segments().size());
      assertEquals(packed.manifest().segments().getFirst().graph(), packed.manifest().fusedGraph());
      packed.check();
      packed.assertAnswersReturn(input(120), Optimisation.BASIC);
    }
  }

  @Test
  void aModelWithoutWeightsIsAPackageWithoutChunks() throws IOException {
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, -1, 4))
            .addOutput(Onnx.value("y", Onnx.FLOAT, -1, 4))
            .addNode(Onnx.node("Relu", List.of("x"), "y"));
    try (Packed packed = pack(graph)) {
      assertEquals(0, packed.manifest().chunks().size());
      packed.check();
      packed.assertAnswersReturn(input(4), Optimisation.BASIC);
    }
  }

  @Test
  void scalarsAndTensorsWithoutElementsSurvive() throws IOException {
    Random random = new Random(4);
    GraphProto.Builder graph =
        Onnx.chain(List.of(Onnx.random("w", random, 40, 40)))
            .addInitializer(Onnx.floats("scale", new float[] {2}))
            .addInitializer(Onnx.floats("none", new float[0], 0, 40))
            .addOutput(Onnx.value("z", Onnx.FLOAT, -1, 40))
            .addNode(Onnx.node("Mul", List.of("y", "scale"), "scaled"))
            .addNode(
                Onnx.node("Concat", List.of("scaled", "none"), "z")
                    .addAttribute(Onnx.attribute("axis", 0)));
    try (Packed packed = pack(graph)) {
      packed.check();
      packed.assertAnswersReturn(input(40), Optimisation.BASIC);
    }
  }

  @Test
  void aLargeTensorWithoutElementsIsNoProblem() throws IOException {
    GraphProto.Builder graph =
        Onnx.chain(5, 1, 64)
            .addInitializer(Onnx.floats("none", new float[0], 0, 1L << 33))
            .addOutput(Onnx.value("shape", Onnx.INT64, 2))
            .addNode(Onnx.node("Shape", List.of("none"), "shape"));
    try (Packed packed = pack(graph)) {
      packed.check();
    }
  }

  @Test
  void valuesThatAreNoNumbersTravelAsTheyAreAndAreNamed() throws IOException {
    Random random = new Random(6);
    float[] values = Onnx.normal(random, 100 * 100, 1);
    values[7] = Float.NaN;
    values[8] = Float.intBitsToFloat(0x7fa12345); // a NaN with a payload
    values[9] = Float.NEGATIVE_INFINITY;
    try (Packed packed =
        pack(Onnx.floats("odd", values, 100, 100), Onnx.random("even", random, 100, 100))) {
      packed.check();
      assertEquals(Coding.RAW, tensor(packed, "odd").coding());
      assertEquals(Coding.PLANES, tensor(packed, "even").coding());
      assertEquals(1, packed.result().warnings().size());
      assertTrue(packed.result().warnings().getFirst().contains("'odd'"));
    }
  }

  @Test
  void negativeZeroAndSubnormalsReturnBitForBit() throws IOException {
    Random random = new Random(7);
    float[] values = Onnx.normal(random, 100 * 100, 1);
    for (int i = 0; i < values.length; i += 3) {
      values[i] = random.nextBoolean() ? -0.0f : Float.intBitsToFloat(random.nextInt(1 << 23));
    }
    values[0] = Float.MIN_VALUE;
    values[1] = -Float.MIN_VALUE;
    values[2] = 0x1p127f;
    float[] tiny = new float[100 * 100];
    for (int i = 0; i < tiny.length; i++) {
      tiny[i] = Float.intBitsToFloat(random.nextInt(1 << 23) | ((i & 1) << 31));
    }
    try (Packed packed =
        pack(
            Onnx.floats("mixed", values, 100, 100),
            Onnx.floats("tiny", tiny, 100, 100),
            Onnx.floats("zeros", new float[100 * 100], 100, 100),
            Onnx.random("usual", random, 100, 100))) {
      packed.check();
      packed.manifest().tensors().forEach(t -> assertEquals(Coding.PLANES, t.coding(), t.name()));
      assertEquals(List.of(), packed.result().warnings());
    }
  }

  @Test
  void anyBitsReturn() throws IOException {
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      int exponents = 1 + random.nextInt(250);
      float[] values = new float[90 * 110];
      for (int i = 0; i < values.length; i++) {
        int exponent = random.nextInt(exponents);
        values[i] = Float.intBitsToFloat((random.nextInt() & 0x807fffff) | (exponent << 23));
      }
      try (Packed packed = pack(Onnx.floats("seed" + seed, values, 110, 90))) {
        packed.check();
      }
    }
  }

  @Test
  void halvesKeepTheirTypeAndReturnBitForBit() throws IOException {
    Random random = new Random(8);
    for (ElementType type : new ElementType[] {ElementType.FLOAT16, ElementType.BFLOAT16}) {
      short[] values = new short[120 * 120];
      for (int i = 0; i < values.length; i++) {
        float value = i % 50 == 0 ? -0.0f : (float) (0.1 * random.nextGaussian());
        values[i] =
            type == ElementType.FLOAT16
                ? Float.floatToFloat16(value)
                : (short) (Float.floatToRawIntBits(value) >>> 16);
      }
      values[3] = 1; // the smallest subnormal
      try (Packed packed = pack(halves(type, values))) {
        packed.check();
        assertEquals(Coding.PLANES, tensor(packed, "w").coding());
        assertEquals(type, tensor(packed, "w").type());
        packed.assertAnswersReturn(input(120), Optimisation.BASIC);
      }
    }
  }

  @Test
  void everyBitOfHalvesReturns() throws IOException {
    short[] all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
    }
    short[] finite = all.clone();
    for (int i = 0; i < finite.length; i++) {
      finite[i] = (finite[i] & 0x7c00) == 0x7c00 ? 0 : finite[i];
    }
    try (Packed packed = pack(halves(ElementType.FLOAT16, all, 256, 256))) {
      packed.check();
      assertEquals(1, packed.result().warnings().size());
    }
    try (Packed packed = pack(halves(ElementType.FLOAT16, finite, 256, 256))) {
      packed.check();
      assertEquals(Coding.PLANES, tensor(packed, "w").coding());
    }
  }

  private static GraphProto.Builder halves(ElementType type, short[] values) {
    return halves(type, values, 120, 120);
  }

  private static GraphProto.Builder halves(
      ElementType type, short[] values, int rows, int columns) {
    return Onnx.graph()
        .addInput(Onnx.value("x", Onnx.FLOAT, -1, rows))
        .addOutput(Onnx.value("y", Onnx.FLOAT, -1, columns))
        .addInitializer(Onnx.tensor("w", type, Onnx.bytes(values), rows, columns))
        .addNode(
            Onnx.node("Cast", List.of("w"), "wide")
                .addAttribute(Onnx.attribute("to", (long) Onnx.FLOAT)))
        .addNode(Onnx.node("MatMul", List.of("x", "wide"), "y"));
  }

  @Test
  void quantisedConvolutionsAreCodedOnTheirOwnIntegers() throws IOException {
    Random random = new Random(10);
    byte[] kernels = new byte[32 * 16 * 3 * 3];
    for (int i = 0; i < kernels.length; i++) {
      kernels[i] = (byte) Math.clamp(Math.round(30 * random.nextGaussian()), -128, 127);
    }
    kernels[0] = -128;
    for (ElementType type : new ElementType[] {ElementType.INT8, ElementType.UINT8}) {
      byte[] stored = kernels.clone();
      int zero = type == ElementType.UINT8 ? 128 : 0;
      for (int i = 0; i < stored.length; i++) {
        stored[i] = (byte) (stored[i] + zero);
      }
      try (Packed packed = pack(quantised(type, stored, zero))) {
        packed.check();
        TensorSpec weight = tensor(packed, "w");
        assertEquals(Coding.PLANES, weight.coding());
        assertEquals(type, weight.type());
        byte[] pixels = new byte[16 * 64];
        random.nextBytes(pixels);
        Tensor x = Tensor.wrap(ElementType.UINT8, ByteBuffer.wrap(pixels), 1, 16, 8, 8);
        packed.assertAnswersReturn(Map.of("x", x), Optimisation.BASIC);
      }
    }
  }

  private static GraphProto.Builder quantised(ElementType type, byte[] kernels, int zero) {
    ByteBuffer zeroPoint = ByteBuffer.wrap(new byte[] {(byte) zero});
    ByteBuffer unsigned = ByteBuffer.wrap(new byte[] {100});
    int u8 = ElementType.UINT8.onnx();
    return Onnx.graph()
        .addInput(Onnx.value("x", u8, 1, 16, 8, 8))
        .addOutput(Onnx.value("y", u8, 1, 32, 6, 6))
        .addInitializer(Onnx.tensor("w", type, ByteBuffer.wrap(kernels), 32, 16, 3, 3))
        .addInitializer(Onnx.floats("scale", new float[] {0.05f}))
        .addInitializer(Onnx.tensor("zero", ElementType.UINT8, unsigned))
        .addInitializer(Onnx.tensor("weightZero", type, zeroPoint))
        .addNode(
            Onnx.node(
                "QLinearConv",
                List.of("x", "scale", "zero", "w", "scale", "weightZero", "scale", "zero"),
                "y"));
  }

  @Test
  void constantsInsideBranchesAreWeightsToo() throws IOException {
    Random random = new Random(11);
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 2, 90))
            .addInput(Onnx.value("which", ElementType.BOOL.onnx()))
            .addOutput(Onnx.value("y", Onnx.FLOAT, 2, 90))
            .addNode(
                Onnx.node("If", List.of("which"), "y")
                    .addAttribute(Onnx.attribute("then_branch", branch("then", random)))
                    .addAttribute(Onnx.attribute("else_branch", branch("else", random))));
    try (Packed packed = pack(graph)) {
      packed.check();
      assertEquals(2, packed.manifest().tensors().size());
      assertEquals(1, packed.manifest().segments().size());
      for (byte which = 0; which < 2; which++) {
        Tensor bool = Tensor.wrap(ElementType.BOOL, ByteBuffer.wrap(new byte[] {which}));
        Map<String, Tensor> inputs = Map.of("x", input(90).get("x"), "which", bool);
        packed.assertAnswersReturn(inputs, Optimisation.BASIC);
      }
    }
  }

  private static GraphProto.Builder branch(String name, Random random) {
    return GraphProto.newBuilder()
        .setName(name)
        .addOutput(Onnx.value(name + "_out", Onnx.FLOAT, 2, 90))
        .addNode(Onnx.constant(Onnx.random(name + "_w", random, 90, 90)))
        .addNode(Onnx.node("MatMul", List.of("x", name + "_w"), name + "_out"));
  }

  @Test
  void deeplyNestedGraphsSurvive() throws IOException {
    try (Packed packed = pack(nested(20))) {
      packed.check();
      assertEquals(21, packed.manifest().tensors().size());
      Tensor yes = Tensor.wrap(ElementType.BOOL, ByteBuffer.wrap(new byte[] {1}));
      Map<String, Tensor> inputs = Map.of("x", input(90).get("x"), "which", yes);
      packed.assertAnswersReturn(inputs, Optimisation.BASIC);
    }
    try (Packed packed = pack(nested(40))) { // deeper than ONNX Runtime reads
      packed.check();
      assertEquals(41, packed.manifest().tensors().size());
    }
  }

  /** An If in an If in an If, with a matrix in every else branch and in the innermost. */
  private static GraphProto.Builder nested(int depths) {
    Random random = new Random(17);
    GraphProto.Builder inner = branch("b0", random);
    for (int depth = 1; depth <= depths; depth++) {
      String name = "b" + depth;
      inner =
          GraphProto.newBuilder()
              .setName(name)
              .addOutput(Onnx.value(name + "_out", Onnx.FLOAT, 2, 90))
              .addNode(
                  Onnx.node("If", List.of("which"), name + "_out")
                      .addAttribute(Onnx.attribute("then_branch", inner))
                      .addAttribute(Onnx.attribute("else_branch", branch(name + "e", random))));
    }
    return Onnx.graph()
        .addInput(Onnx.value("x", Onnx.FLOAT, 2, 90))
        .addInput(Onnx.value("which", ElementType.BOOL.onnx()))
        .addAllNode(inner.getNodeList())
        .addAllOutput(inner.getOutputList());
  }

  @Test
  void weightsOfTheSameNameInDifferentBranchesAreKeptApart() throws IOException {
    Random random = new Random(18);
    GraphProto.Builder then = branch("same", random);
    GraphProto.Builder otherwise = branch("same", random);
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 2, 90))
            .addInput(Onnx.value("which", ElementType.BOOL.onnx()))
            .addOutput(Onnx.value("y", Onnx.FLOAT, 2, 90))
            .addNode(
                Onnx.node("If", List.of("which"), "y")
                    .addAttribute(Onnx.attribute("then_branch", then))
                    .addAttribute(Onnx.attribute("else_branch", otherwise)));
    try (Packed packed = pack(graph)) {
      packed.check();
      assertEquals(2, packed.manifest().tensors().size());
      for (byte which = 0; which < 2; which++) {
        Tensor bool = Tensor.wrap(ElementType.BOOL, ByteBuffer.wrap(new byte[] {which}));
        packed.assertAnswersReturn(
            Map.of("x", input(90).get("x"), "which", bool), Optimisation.BASIC);
      }
    }
  }

  @Test
  void externalDataIsReadFromItsFile() throws IOException {
    TensorProto.Builder first = Onnx.random("first", new Random(12), 130, 130);
    TensorProto.Builder second = Onnx.random("second", new Random(13), 130, 130);
    byte[] data = new byte[8192 + 2 * 4 * 130 * 130];
    first.getRawData().copyTo(data, 0);
    second.getRawData().copyTo(data, data.length - second.getRawData().size());
    int offset = data.length - second.getRawData().size();
    Files.write(folder.resolve("weights.data"), data);
    try (Packed packed =
        pack(
            Onnx.external(first, "weights.data", 0),
            Onnx.external(second, "weights.data", offset))) {
      packed.check();
      packed.assertAnswersReturn(input(130), Optimisation.BASIC);
    }
  }

  @Test
  void twoPackagesOfOneModelAreTheSame() throws IOException {
    Path model = Onnx.write(Onnx.chain(14, 5, 150), folder.resolve("model.onnx"));
    try (Packed first = Packed.of(model, folder);
        Packed second = Packed.of(model, folder)) {
      assertEquals(first.result().digest(), second.result().digest());
      assertEquals(-1, Files.mismatch(first.file().path(), second.file().path()));
    }
  }

  @Test
  void segmentsHaveNoSayInChunks() throws IOException {
    Path model = Onnx.write(Onnx.chain(15, 8, 150), folder.resolve("model.onnx"));
    ForgeOptions options = ForgeOptions.of("test", "1");
    try (Packed one = Packed.of(model, folder, options.withMaxSegments(1));
        Packed ten = Packed.of(model, folder, options.withMaxSegments(10))) {
      assertTrue(ten.manifest().segments().size() > 1);
      List<Digest> chunks = one.manifest().chunks().stream().map(ChunkSpec::digest).toList();
      assertEquals(chunks, ten.manifest().chunks().stream().map(ChunkSpec::digest).toList());
    }
  }

  @Test
  void everyPrefixThatHoldsTheBaseRunsAndTheAnswersComeNearer() throws IOException {
    try (Packed packed = pack(Onnx.chain(16, 4, 200))) {
      Map<String, Tensor> inputs = input(200);
      float[] root = packed.root(inputs, Optimisation.BASIC).get("y").floats();
      double before = 1;
      for (int bits = 2; bits <= 8; bits += 2) {
        long bytes = bits * packed.manifest().weightCount() / 8;
        SubModel model = SubModel.prefixOfBytes(packed.manifest(), bytes);
        assertEquals(packed.manifest().segments().size(), model.runnableSegments());
        float[] answer = packed.chained(model, inputs, Optimisation.BASIC).get("y").floats();
        double error = Agreement.relativeError(answer, root);
        assertTrue(error < before, bits + " bits leave an error of " + error);
        before = error;
      }
      assertTrue(before < 0.02, "8 bits leave an error of " + before);
    }
  }
}
