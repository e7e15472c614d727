package dev.insitu.benchmarks.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.proto.NodeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StructureTest {

  /** Published parameters plus running means and variances. */
  @ParameterizedTest
  @CsvSource({
    "RESNET18, 11689512, 9600",
    "RESNET50, 25557032, 53120",
    "VGG16, 138357544, 0",
    "DENSENET121, 7978856, 83648",
    "BERT_BASE, 109482240, 0"
  })
  void hasAsManyParametersAsTheOriginal(Structure structure, long parameters, long statistics) {
    assertEquals(
        parameters + statistics, ModelPlan.of(ModelSpec.of(structure).build()).parameters());
  }

  @Test
  void foldedNetworkHasOneBiasPerChannelInsteadOfFourNumbers() {
    ModelPlan plan = ModelPlan.of(ModelSpec.of(Structure.RESNET18).folded(true).build());
    assertEquals(11_689_512 - 4_800, plan.parameters());
    assertEquals(0, count(plan, "BatchNormalization"));
  }

  @Test
  void tiedNetworkStoresASharedTensorOnce() {
    ModelPlan plan = ModelPlan.of(ModelSpec.of(Structure.RESNET18).tied(true).build());
    long shared = 9 * (64 * 64 + 128 * 128 + 256 * 256 + 512 * 512);
    assertEquals(11_689_512 + 9_600 - shared, plan.parameters());
    assertEquals(20, count(plan, "Conv"));
  }

  @Test
  void halfTypesAddOneCastPerUsedTensor() {
    ModelSpec spec = ModelSpec.of(Structure.RESNET18).tied(true).type(WeightType.BFLOAT16).build();
    ModelPlan plan = ModelPlan.of(spec);
    assertEquals(plan.tensors().size(), count(plan, "Cast"));
  }

  @Test
  void geluIsOneNodeFromOpset20On() {
    ModelSpecBuilder bert = ModelSpec.of(Structure.BERT_BASE);
    assertEquals(12, count(ModelPlan.of(bert.opset(19).build()), "Erf"));
    assertEquals(12, count(ModelPlan.of(bert.opset(20).build()), "Gelu"));
  }

  @ParameterizedTest
  @CsvSource({
    "4294967296, 4096, 0",
    "1073741824, 4096, 0",
    "2146435072, 4096, 1000",
    "1000000, 4096, 10",
    "400, 4096, 0",
    "8, 4096, 0",
    "123456789, 1000, 0"
  })
  void chainFillsItsBytesAndNoMore(long bytes, int hidden, int classes) {
    ModelSpec spec =
        ModelSpec.of(Structure.MLP).bytes(bytes).hidden(hidden).classes(classes).build();
    Mlp.Sizes sizes = Mlp.Sizes.of(spec);
    long rows = sizes.layers() * sizes.hidden() + sizes.last();
    long used = Float.BYTES * rows * sizes.hidden();
    long slack = classes == 0 ? sizes.hidden() : sizes.hidden() * (sizes.hidden() + 1L);
    assertTrue(used <= bytes, "used " + used);
    assertTrue(bytes - used < Float.BYTES * slack, "used " + used);
    assertEquals(used, Float.BYTES * ModelPlan.of(spec).parameters());
  }

  @Test
  void chainThatHoldsNoLayerIsRefused() {
    ModelSpec spec = ModelSpec.of(Structure.MLP).bytes(400).classes(1000).build();
    assertThrows(IllegalArgumentException.class, () -> ModelPlan.of(spec));
  }

  @Test
  void chainOfTooManyLayersIsRefused() {
    ModelSpec spec = ModelSpec.of(Structure.MLP).bytes(1L << 40).hidden(16).build();
    assertThrows(IllegalArgumentException.class, () -> ModelPlan.of(spec));
  }

  @Test
  void hiddenThatHeadsCannotShareIsRefused() {
    ModelSpec spec = ModelSpec.of(Structure.BERT_BASE).hidden(129).build();
    assertThrows(IllegalArgumentException.class, () -> ModelPlan.of(spec));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    ModelSpecBuilder spec = ModelSpec.of(Structure.RESNET18);
    assertThrows(IllegalArgumentException.class, spec.opset(16)::build);
    assertThrows(IllegalArgumentException.class, spec.opset(22)::build);
    assertThrows(IllegalArgumentException.class, spec.opset(17).image(100)::build);
    assertThrows(IllegalArgumentException.class, spec.image(224).classes(0)::build);
    assertThrows(IllegalArgumentException.class, spec.classes(1).width(Double.NaN)::build);
    assertThrows(IllegalArgumentException.class, spec.width(1).tied(true).folded(true)::build);
  }

  @Test
  void standardSetIsOfRealSizesAndBelowOneGibibyte() {
    long bytes = 0;
    for (var entry : StandardSet.specs().entrySet()) {
      FileLayout layout = FileLayout.of(ModelPlan.of(entry.getValue()), entry.getKey() + ".data");
      bytes += layout.modelBytes() + layout.dataBytes();
    }
    assertTrue(bytes > 900L << 20 && bytes < 1L << 30, "bytes " + bytes);
  }

  private static long count(ModelPlan plan, String type) {
    return plan.nodes().getNodeList().stream()
        .map(NodeProto::getOpType)
        .filter(type::equals)
        .count();
  }
}
