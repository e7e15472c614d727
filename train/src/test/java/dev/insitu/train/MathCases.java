package dev.insitu.train;

import java.util.List;

/** Operators that work element by element, on matrices or over dimensions. */
final class MathCases {

  private final OperatorCases cases;

  private MathCases(OperatorCases cases) {
    this.cases = cases;
  }

  static void addTo(OperatorCases cases) {
    MathCases some = new MathCases(cases);
    some.arithmetic();
    some.truth();
    some.activations();
    some.reductions();
  }

  private void arithmetic() {
    for (String op : List.of("Add", "Sub", "Mul")) {
      cases.smooth(op, o -> OneNode.of(op).real(2, 3, 4).real(3, 1));
    }
    cases.smooth("Div", o -> OneNode.of("Div").real(2, 3, 4).positive(3, 1));
    cases.rough(
        "Div integers", 7, o -> OneNode.of("Div").fedLongs(new long[] {3}, 7, -7, 9).longs(2));
    cases.rough("Mod", 11, o -> OneNode.of("Mod").fedLongs(new long[] {3}, 7, -7, 9).longs(4));
    cases.rough("Mod fmod", 11, o -> OneNode.of("Mod").real(5).positive(5).with("fmod", 1));
    cases.smooth("Pow", o -> OneNode.of("Pow").positive(2, 3).real(3));
    cases.smooth("Pow 2", o -> OneNode.of("Pow").real(2, 3).one(2f));
    cases.smooth("Pow 3", o -> OneNode.of("Pow").real(2, 3).one(3f));
    for (String op : List.of("Sum", "Mean")) {
      cases.smooth(op, 9, o -> OneNode.of(op).real(2, 3).real(1, 3).real(2, 1));
    }
    for (String op : List.of("Max", "Min")) {
      cases.smooth(op, 9, o -> OneNode.of(op).real(2, 3).real(1, 3).real(2, 3));
    }
    for (String op : List.of("Neg", "Abs", "Exp", "Sin", "Cos")) {
      cases.smooth(op, o -> OneNode.of(op).real(2, 5));
    }
    cases.smooth("Erf", 9, o -> OneNode.of("Erf").real(2, 5));
    for (String op : List.of("Sqrt", "Log", "Reciprocal")) {
      cases.smooth(op, o -> OneNode.of(op).positive(2, 5));
    }
    for (String op : List.of("Floor", "Ceil")) {
      cases.rough(op, 7, o -> OneNode.of(op).real(2, 5));
    }
    cases.rough("Round", 11, o -> OneNode.of("Round").real(2, 5));
    cases.rough("Sign", 9, o -> OneNode.of("Sign").real(2, 5));
    cases.smooth("MatMul", 9, o -> OneNode.of("MatMul").real(2, 3, 4).real(4, 5));
    cases.smooth("MatMul batches", 9, o -> OneNode.of("MatMul").real(2, 1, 3, 4).real(3, 4, 2));
    cases.smooth("Gemm", 7, o -> OneNode.of("Gemm").real(3, 4).real(4, 5).real(5));
    cases.smooth(
        "Gemm transposed",
        7,
        o ->
            OneNode.of("Gemm")
                .real(4, 3)
                .real(5, 4)
                .real(3, 1)
                .with("transA", 1)
                .with("transB", 1)
                .with("alpha", 0.5f)
                .with("beta", 2f));
    cases.smooth(
        "Gemm dense", 7, o -> OneNode.of("Gemm").real(3, 4).real(5, 4).real(5).with("transB", 1));
    cases.smooth("Gemm without", 11, o -> OneNode.of("Gemm").real(3, 4).real(4, 5));
  }

  private void truth() {
    for (String op : List.of("Equal", "Less", "Greater")) {
      cases.rough(op, op.equals("Equal") ? 11 : 9, o -> OneNode.of(op).real(2, 3).real(3));
    }
    for (String op : List.of("LessOrEqual", "GreaterOrEqual")) {
      cases.rough(op, 13, o -> OneNode.of(op).real(2, 3).real(3));
    }
    for (String op : List.of("And", "Or", "Xor")) {
      cases.rough(
          op,
          7,
          o -> OneNode.of(op).truth(new long[] {4}, 0, 0, 1, 1).truth(new long[] {4}, 0, 1, 0, 1));
    }
    cases.rough("Not", 7, o -> OneNode.of("Not").truth(new long[] {2}, 0, 1));
    cases.smooth(
        "Where", 9, o -> OneNode.of("Where").truth(new long[] {3}, 0, 1, 0).real(2, 3).real(2, 1));
    cases.rough("Cast to whole", 9, o -> OneNode.of("Cast").real(2, 3).with("to", 7));
    cases.rough(
        "Cast to real", 9, o -> OneNode.of("Cast").fedLongs(new long[] {2}, -3, 5).with("to", 1));
    cases.rough(
        "Cast to truth", 9, o -> OneNode.of("Cast").fedLongs(new long[] {2}, 0, 5).with("to", 9));
    cases.rough("CastLike", 17, o -> OneNode.of("CastLike").real(2, 3).longs(1));
  }

  private void activations() {
    for (String op :
        List.of("Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Selu", "Elu", "LeakyRelu")) {
      cases.smooth(op, o -> OneNode.of(op).real(3, 5));
    }
    cases.smooth("LeakyRelu alpha", o -> OneNode.of("LeakyRelu").real(3, 5).with("alpha", 0.3f));
    cases.smooth("Elu alpha", o -> OneNode.of("Elu").real(3, 5).with("alpha", 0.3f));
    cases.smooth("PRelu", 9, o -> OneNode.of("PRelu").real(2, 3, 4).real(3, 1));
    cases.smooth(
        "HardSigmoid",
        o -> OneNode.of("HardSigmoid").real(3, 5).with("alpha", 0.3f).with("beta", 0.4f));
    cases.smooth("HardSwish", 17, o -> OneNode.of("HardSwish").real(3, 5));
    cases.smooth("Mish", 18, o -> OneNode.of("Mish").real(3, 5));
    cases.smooth("Gelu", 21, o -> OneNode.of("Gelu").real(3, 5));
    cases.smooth("Gelu tanh", 21, o -> OneNode.of("Gelu").real(3, 5).with("approximate", "tanh"));
    cases.smooth(
        "Clip",
        o ->
            o < 11
                ? OneNode.of("Clip").real(3, 5).with("min", -0.5f).with("max", 0.5f)
                : OneNode.of("Clip").real(3, 5).one(-0.5f).one(0.5f));
    cases.smooth("Clip one side", 11, o -> OneNode.of("Clip").real(3, 5).absent().one(0.5f));
    for (String op : List.of("Softmax", "LogSoftmax")) {
      cases.smooth(op, o -> OneNode.of(op).real(2, 3, 4));
      cases.smooth(op + " axis", o -> OneNode.of(op).real(2, 3, 4).with("axis", 2));
      cases.smooth(op + " inner", o -> OneNode.of(op).real(2, 3, 4).with("axis", 1));
    }
    cases.smooth("Identity", o -> OneNode.of("Identity").real(3, 5));
    cases.smooth("Dropout", o -> OneNode.of("Dropout").real(3, 5));
  }

  private void reductions() {
    for (String op :
        List.of(
            "ReduceMean",
            "ReduceMax",
            "ReduceMin",
            "ReduceSum",
            "ReduceSumSquare",
            "ReduceL1",
            "ReduceL2",
            "ReduceProd")) {
      int inputSince = op.equals("ReduceSum") ? 13 : 18;
      cases.smooth(
          op,
          o ->
              o < inputSince
                  ? OneNode.of(op).real(2, 3, 4).ints("axes", 2, 1)
                  : OneNode.of(op).real(2, 3, 4).longs(-1, 1));
      cases.smooth(op + " all", o -> OneNode.of(op).real(2, 3).with("keepdims", 0));
      cases.smooth(
          op + " one",
          o ->
              o < inputSince
                  ? OneNode.of(op).real(2, 3, 4).ints("axes", 1).with("keepdims", 0)
                  : OneNode.of(op).real(2, 3, 4).longs(1).with("keepdims", 0));
    }
    cases.rough(
        "ReduceSum integers", 13, o -> OneNode.of("ReduceSum").fedLongs(new long[] {3}, 1, 2, 3));
  }
}
