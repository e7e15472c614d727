package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.samples.Samples;
import org.junit.jupiter.api.Test;

final class FoldBatchNormTest {

  private static final Samples SAMPLES = TestNet.samples("x", 4, 5, 1, 3, 8, 8);

  private static void foldsAndKeepsAnswers(TestNet net, int wanted) {
    OutputComparison.Reference before =
        new OutputComparison.Reference(net.model().toByteArray(), SAMPLES);
    EditableGraph graph = new EditableGraph(net.model());
    assertEquals(wanted, FoldBatchNorm.apply(graph));
    OutputComparison comparison = before.compare(graph.build().toByteArray());
    assertTrue(comparison.relativeError() < 1e-10, comparison.toString());
  }

  @Test
  void answersStayTheSame() {
    foldsAndKeepsAnswers(TestNet.residual(1), 2);
  }

  @Test
  void doesNotFoldWhatSomebodyElseReads() {
    foldsAndKeepsAnswers(
        new TestNet(2)
            .input("x", -1, 3, 8, 8)
            .conv("x", "c", 3, 4)
            .norm("c", "n", 4)
            .node("Add", "y", "n", "c")
            .output("y", -1, 4, 8, 8),
        0);
  }

  @Test
  void sharedWeightsAreFoldedApart() {
    TestNet net =
        new TestNet(3)
            .input("x", -1, 3, 8, 8)
            .constant("w", 0, 0.2, 3, 3, 1, 1)
            .node("Conv", "c1", "x", "w")
            .norm("c1", "n1", 3)
            .node("Conv", "c2", "n1", "w")
            .norm("c2", "y", 3)
            .output("y", -1, 3, 8, 8);
    foldsAndKeepsAnswers(net, 2);
  }
}
