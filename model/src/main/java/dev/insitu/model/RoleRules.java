package dev.insitu.model;

import dev.insitu.model.RoleFinder.Use;
import dev.insitu.model.proto.NodeProto;

/** The role that one operator gives to what one of its inputs brings. */
final class RoleRules {

  private RoleRules() {}

  /**
   * Whether the node only changes an input's form or takes part of it, so that the node's readers
   * decide.
   */
  static boolean keepsValues(NodeProto node, int input) {
    return switch (node.getOpType()) {
      case "Identity", "Cast", "CastLike", "Transpose", "Reshape", "Squeeze" -> input == 0;
      case "Unsqueeze", "Flatten", "QuantizeLinear", "DequantizeLinear" -> input == 0;
      case "Slice", "Split" -> input == 0;
      case "Concat" -> true;
      default -> false;
    };
  }

  static Use use(NodeProto node, int input, Fact fact) {
    return switch (node.getOpType()) {
      case "Conv", "FusedConv", "ConvInteger" ->
          input == 1
              ? new Use(WeightRole.CONV, 0)
              : input == 2 && !node.getOpType().equals("ConvInteger")
                  ? Use.of(WeightRole.BIAS)
                  : Use.OTHER;
      case "ConvTranspose" ->
          input == 1
              ? new Use(WeightRole.CONV_TRANSPOSE, 1)
              : input == 2 ? Use.of(WeightRole.BIAS) : Use.OTHER;
      case "QLinearConv" ->
          input == 3
              ? new Use(WeightRole.CONV, 0)
              : Use.of(input == 8 ? WeightRole.BIAS : WeightRole.QUANT);
      case "QuantizeLinear", "DequantizeLinear" -> Use.of(WeightRole.QUANT);
      case "Gemm", "FusedGemm" -> gemm(node, input);
      case "MatMul", "MatMulInteger", "Einsum" -> input <= 1 ? matMul(input, fact) : Use.OTHER;
      case "FusedMatMul" -> input <= 1 ? fusedMatMul(node, input, fact) : Use.OTHER;
      case "QLinearMatMul" ->
          input == 3 ? matMul(1, fact) : input == 0 ? matMul(0, fact) : Use.of(WeightRole.QUANT);
      case "QLinearAdd", "QLinearMul" ->
          input == 3 ? byChannel(WeightRole.BIAS, fact) : Use.of(WeightRole.QUANT);
      case "DynamicQuantizeMatMul", "MatMulIntegerToFloat" ->
          input == 1 ? matMul(1, fact) : Use.of(WeightRole.QUANT);
      case "MatMulNBits" -> input == 1 ? new Use(WeightRole.MATMUL, 0) : Use.of(WeightRole.QUANT);
      case "Attention" -> attention(node, input, fact);
      case "Gather", "GatherElements", "GatherND", "GatherBlockQuantized" ->
          input == 0 ? embedding(node, fact) : Use.OTHER;
      case "EmbedLayerNormalization" ->
          input >= 5 ? Use.of(WeightRole.NORM) : new Use(WeightRole.EMBEDDING, 0);
      case "LSTM", "GRU", "RNN" ->
          input == 1 || input == 2
              ? new Use(WeightRole.RECURRENT, 1)
              : input == 3 ? Use.of(WeightRole.BIAS) : Use.OTHER;
      case "BatchNormalization", "LayerNormalization", "InstanceNormalization" ->
          Use.of(WeightRole.NORM);
      case "GroupNormalization", "RMSNormalization", "SimplifiedLayerNormalization" ->
          Use.of(WeightRole.NORM);
      case "SkipLayerNormalization", "SkipSimplifiedLayerNormalization", "PRelu" ->
          Use.of(WeightRole.NORM);
      case "Add", "Sub", "BiasGelu", "FastGelu" -> byChannel(WeightRole.BIAS, fact);
      case "Mul", "Div" -> byChannel(WeightRole.NORM, fact);
      default -> Use.OTHER;
    };
  }

  private static Use gemm(NodeProto node, int input) {
    return switch (input) {
      case 0 -> new Use(WeightRole.GEMM, Ops.integer(node, "transA", 0) == 0 ? 0 : 1);
      case 1 -> new Use(WeightRole.GEMM, Ops.integer(node, "transB", 0) == 0 ? 1 : 0);
      case 2 -> Use.of(WeightRole.BIAS);
      default -> Use.OTHER;
    };
  }

  private static Use matMul(int input, Fact fact) {
    int axis = input == 1 || fact.rank() == 1 ? fact.rank() - 1 : fact.rank() - 2;
    return new Use(WeightRole.MATMUL, axis);
  }

  private static Use fusedMatMul(NodeProto node, int input, Fact fact) {
    boolean turned = Ops.integer(node, input == 0 ? "transA" : "transB", 0) != 0;
    return matMul(turned ? 1 - input : input, fact);
  }

  /** ONNX Runtime's Attention has its weights as inputs, ONNX's has none. */
  private static Use attention(NodeProto node, int input, Fact fact) {
    if (Ops.isStandard(node.getDomain())) {
      return Use.OTHER;
    }
    return input == 1 ? matMul(1, fact) : input == 2 ? Use.of(WeightRole.BIAS) : Use.OTHER;
  }

  private static Use embedding(NodeProto node, Fact fact) {
    if (fact.rank() < 2
        || !ElementTypes.isFloat(fact.type()) && ElementTypes.bits(fact.type()) > 8) {
      return Use.OTHER;
    }
    return new Use(WeightRole.EMBEDDING, OpFacts.axis(Ops.integer(node, "axis", 0), fact.rank()));
  }

  /** A tensor with one value by channel has at most one dimension above 1. */
  private static Use byChannel(WeightRole role, Fact fact) {
    int wide = 0;
    for (int i = 0; i < fact.rank(); i++) {
      wide += fact.dim(i) == 1 ? 0 : 1;
    }
    return wide <= 1 && fact.rank() >= 0 ? Use.of(role) : Use.OTHER;
  }
}
