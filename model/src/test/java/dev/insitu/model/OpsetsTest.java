package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpsetsTest {

  private static ModelProto.Builder model(int opset, String... operators) {
    GraphProto.Builder graph = Onnx.graph();
    for (String operator : operators) {
      graph.addNode(Onnx.node(operator, List.of("x"), operator + "_y"));
    }
    return Onnx.model(opset, graph);
  }

  private static void joins(ModelProto.Builder base, ModelProto.Builder other) {
    assertDoesNotThrow(() -> Opsets.requireJoinable(base.build(), other.build()));
  }

  private static void doesNotJoin(ModelProto.Builder base, ModelProto.Builder other) {
    assertThrows(OnnxException.class, () -> Opsets.requireJoinable(base.build(), other.build()));
  }

  @Test
  void equalSetsAlwaysJoin() {
    joins(model(17), model(17, "ReduceMean", "Unheard"));
  }

  @Test
  void settledOperatorsJoinOtherSets() {
    joins(model(17), model(13, "Relu", "MatMul", "Softmax"));
    joins(model(13), model(25, "GlobalAveragePool", "Flatten", "Gemm"));
  }

  @Test
  void unsettledAndUnknownOnesDoNot() {
    doesNotJoin(model(12), model(13, "Softmax"));
    doesNotJoin(model(17), model(18, "ReduceMean"));
    doesNotJoin(model(17), model(18, "Unheard"));
    doesNotJoin(model(17), model(20, "Gelu"));
  }

  @Test
  void innerGraphsCountToo() {
    GraphProto.Builder inner = model(18, "ReduceMean").getGraph().toBuilder();
    ModelProto.Builder other = model(18, "Relu");
    AttributeProto.Builder attribute = Onnx.attribute("then_branch", inner);
    other.getGraphBuilder().getNodeBuilder(0).addAttribute(attribute);
    doesNotJoin(model(17), other);
  }

  @Test
  void localFunctionsOfOneNameMustBeTheSame() {
    FunctionProto.Builder function = FunctionProto.newBuilder().setDomain("d").setName("f");
    ModelProto.Builder base = model(17).addFunctions(function);
    joins(base, model(17).addFunctions(function));
    doesNotJoin(base, model(17).addFunctions(function.clone().addInput("x")));
  }
}
