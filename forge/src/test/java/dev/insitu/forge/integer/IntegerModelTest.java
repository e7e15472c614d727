package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.samples.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class IntegerModelTest {

  private static final Samples PICTURES = TestNet.samples("x", 40, 7, 1, 3, 8, 8);
  private static final IntegerOptions DEFAULTS = IntegerOptions.defaults();

  @TempDir private Path directory;

  private Path out() {
    return directory.resolve("int8.onnx");
  }

  private IntegerModel.Result write(TestNet net, Samples samples, IntegerOptions options)
      throws IOException {
    return IntegerModel.write(net.write(directory.resolve("float.onnx")), samples, options, out());
  }

  private Map<String, Integer> operators(Samples samples) throws IOException {
    return Optimised.operators(out(), samples, directory);
  }

  @ParameterizedTest
  @EnumSource(CodeType.class)
  void aResidualNetworkRunsInIntegersFromEndToEnd(CodeType type) throws IOException {
    IntegerModel.Result result =
        write(TestNet.residual(1), PICTURES, DEFAULTS.withActivations(type));
    assertTrue(result.comparison().relativeError() < 0.01, result.toString());
    assertEquals(3, result.integerLayers().size());
    Map<String, Integer> operators = operators(PICTURES);
    assertEquals(2, operators.get("QLinearConv"), operators.toString());
    assertEquals(1, operators.get("QLinearAdd"), operators.toString());
    assertEquals(1, operators.get("QLinearGlobalAveragePool"), operators.toString());
    assertEquals(1, operators.get("QGemm"), operators.toString());
    assertEquals(1, operators.get("QuantizeLinear"), operators.toString());
    assertNull(operators.get("DequantizeLinear"), operators.toString());
    assertNull(operators.get("Relu"), operators.toString());
  }

  @ParameterizedTest
  @EnumSource(Clipping.class)
  void everyClippingGivesAModel(Clipping clipping) throws IOException {
    IntegerModel.Result result =
        write(TestNet.residual(2), PICTURES, DEFAULTS.withClipping(clipping));
    assertTrue(result.comparison().relativeError() < 0.1, result.toString());
  }

  @Test
  void sevenBitsAreWorseThanEightButWork() throws IOException {
    double eight = write(TestNet.residual(3), PICTURES, DEFAULTS).comparison().relativeError();
    double seven =
        write(TestNet.residual(3), PICTURES, DEFAULTS.withReducedWeights(true))
            .comparison()
            .relativeError();
    assertTrue(seven > eight && seven < 0.02, eight + " " + seven);
  }

  @Test
  void aNamedLayerStaysFloat() throws IOException {
    IntegerModel.Result result =
        write(TestNet.residual(4), PICTURES, DEFAULTS.withFloat(Set.of("c2.weight")));
    assertEquals(java.util.List.of("c2.weight"), result.floatLayers());
    Map<String, Integer> operators = operators(PICTURES);
    assertEquals(1, operators.get("QLinearConv"), operators.toString());
    assertTrue(
        operators.containsKey("Conv") || operators.containsKey("FusedConv"), operators.toString());
  }

  @Test
  void theWorstLayersStayFloat() throws IOException {
    TestNet net = TestNet.residual(5);
    double all = write(net, PICTURES, DEFAULTS).comparison().relativeError();
    IntegerModel.Result fewer = write(net, PICTURES, DEFAULTS.withWorstFloat(2));
    assertEquals(2, fewer.floatLayers().size());
    assertTrue(fewer.comparison().relativeError() < all, fewer + " " + all);
  }

  @Test
  void correctedBiasesTakeTheMeanErrorAway() throws IOException {
    double without =
        write(TestNet.residual(6), PICTURES, DEFAULTS.withCorrectedBiases(false))
            .comparison()
            .relativeError();
    double with = write(TestNet.residual(6), PICTURES, DEFAULTS).comparison().relativeError();
    assertTrue(with < 1.1 * without, with + " " + without);
  }

  @Test
  void clipsVanishAndBranchesJoin() throws IOException {
    TestNet net =
        new TestNet(8)
            .input("x", -1, 3, 8, 8)
            .constant("zero", 0, 0)
            .constant("six", 6, 0)
            .conv("x", "c1", 3, 8)
            .node("Clip", "k1", "c1", "zero", "six")
            .conv("k1", "c2", 8, 4)
            .node("Concat", "cat", "k1", "c2")
            .with("axis", true, 1)
            .node("Sigmoid", "gate", "cat")
            .node("Mul", "gated", "cat", "gate")
            .conv("gated", "y", 12, 2)
            .output("y", -1, 2, 8, 8);
    IntegerModel.Result result = write(net, PICTURES, DEFAULTS);
    assertTrue(result.comparison().relativeError() < 0.02, result.toString());
    Map<String, Integer> operators = operators(PICTURES);
    assertEquals(3, operators.get("QLinearConv"), operators.toString());
    assertEquals(1, operators.get("QLinearConcat"), operators.toString());
    assertEquals(1, operators.get("QLinearMul"), operators.toString());
    assertNull(operators.get("Clip"), operators.toString());
  }

  @Test
  void matricesAreIntegersBetweenFloatNormalisations() throws IOException {
    TestNet net =
        new TestNet(9)
            .input("t", -1, 6, 16)
            .constant("g", 1, 0.1, 16)
            .constant("b", 0, 0.1, 16)
            .node("LayerNormalization", "n", "t", "g", "b")
            .constant("w1", 0, 0.25, 16, 32)
            .node("MatMul", "h", "n", "w1")
            .node("Relu", "a", "h")
            .constant("w2", 0, 0.25, 32, 16)
            .node("MatMul", "o", "a", "w2")
            .node("Add", "y", "t", "o")
            .output("y", -1, 6, 16);
    Samples tokens = TestNet.samples("t", 20, 3, 1, 6, 16);
    IntegerModel.Result result = write(net, tokens, DEFAULTS);
    assertTrue(result.comparison().relativeError() < 0.01, result.toString());
    Map<String, Integer> operators = operators(tokens);
    int integer =
        operators.getOrDefault("QLinearMatMul", 0)
            + operators.getOrDefault("MatMulIntegerToFloat", 0);
    assertEquals(2, integer, operators.toString());
    assertEquals(1, operators.get("LayerNormalization"), operators.toString());
  }

  @Test
  void meansOverPicturesBecomePooling() throws IOException {
    TestNet net =
        new TestNet(10)
            .input("x", -1, 3, 8, 8)
            .conv("x", "c", 3, 8)
            .node("ReduceMean", "m", "c")
            .with("axes", false, -1, -2)
            .conv("m", "y", 8, 4)
            .output("y", -1, 4, 1, 1);
    write(net, PICTURES, DEFAULTS);
    assertEquals(1, operators(PICTURES).get("QLinearGlobalAveragePool"));
  }

  @Test
  void olderModelsAreRaisedToTheOperatorSetOfChannels() throws IOException {
    IntegerModel.Result result = write(TestNet.residual(11).opset(11), PICTURES, DEFAULTS);
    assertEquals(3, result.integerLayers().size());
    TestNet old =
        new TestNet(12)
            .opset(9)
            .input("x", -1, 3, 8, 8)
            .conv("x", "c", 3, 4)
            .node("Slice", "s", "c")
            .with("starts", false, 2, 1)
            .with("ends", false, 8, 8)
            .with("axes", false, 2, 3)
            .node("Softmax", "y", "s")
            .with("axis", true, 2)
            .output("y", -1, 4, 6, 7);
    assertTrue(write(old, PICTURES, DEFAULTS).comparison().relativeError() < 0.01);
    OutputComparison.Reference before =
        new OutputComparison.Reference(old.model().toByteArray(), PICTURES);
    byte[] raised = RaiseOpset.toPerChannel(old.model()).toByteArray();
    assertTrue(before.compare(raised).relativeError() < 1e-10);
    TestNet unknown = TestNet.residual(12).opset(11).node("Det", "d", "x").output("d", -1, 3);
    IntegerException refused =
        assertThrows(IntegerException.class, () -> write(unknown, PICTURES, DEFAULTS));
    assertTrue(refused.getMessage().contains("Det"), refused.getMessage());
  }

  @Test
  void namesTheLayersIfOneIsUnknown() {
    IntegerException refused =
        assertThrows(
            IntegerException.class,
            () -> write(TestNet.residual(1), PICTURES, DEFAULTS.withFloat(Set.of("c9"))));
    assertTrue(refused.getMessage().contains("c1.weight"), refused.getMessage());
    assertFalse(Files.exists(out()));
  }

  @Test
  void refusesAModelWithoutLayers() {
    TestNet net =
        new TestNet(1).input("x", -1, 3, 8, 8).node("Relu", "y", "x").output("y", -1, 3, 8, 8);
    IntegerException refused =
        assertThrows(IntegerException.class, () -> write(net, PICTURES, DEFAULTS));
    assertTrue(refused.getMessage().contains("Maybe"), refused.getMessage());
  }

  @Test
  void refusesSamplesThatMakeNoNumbers() {
    TestNet net =
        new TestNet(2)
            .input("x", -1, 3, 8, 8)
            .node("Log", "l", "x")
            .conv("l", "y", 3, 4)
            .output("y", -1, 4, 8, 8);
    IntegerException refused =
        assertThrows(IntegerException.class, () -> write(net, PICTURES, DEFAULTS));
    assertTrue(refused.getMessage().contains("'l'"), refused.getMessage());
  }

  @Test
  void theSameSamplesGiveTheSameBytes() throws IOException {
    write(TestNet.residual(13), PICTURES, DEFAULTS);
    byte[] first = Files.readAllBytes(out());
    write(TestNet.residual(13), PICTURES, DEFAULTS);
    assertEquals(-1, java.util.Arrays.mismatch(first, Files.readAllBytes(out())));
  }
}
