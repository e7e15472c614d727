package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.ModelProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchNormsTest {

  private static final Samples PICTURES = TestNet.samples("x", 30, 7, 1, 3, 8, 8);

  @TempDir private Path directory;

  @Test
  void whatLeavesANormalisationIsNormalThen() throws IOException {
    TestNet net =
        new TestNet(4)
            .input("x", -1, 3, 8, 8)
            .conv("x", "c", 3, 5)
            .constant("one", 1, 0, 5)
            .constant("none", 0, 0, 5)
            .constant("wrong mean", 3, 1, 5)
            .constant("wrong var", 9, 1, 5)
            .node("BatchNormalization", "y", "c", "one", "none", "wrong mean", "wrong var")
            .output("y", -1, 5, 8, 8);
    byte[] better = BatchNorms.reestimated(net.write(directory.resolve("n.onnx")), PICTURES, 1);
    EditableGraph graph = new EditableGraph(ModelProto.parseFrom(better));
    ChannelMeans means = new ChannelMeans(graph);
    graph.nodes().add(Nodes.of("Mul", List.of("y", "y"), "square"));
    String mean = means.add("y", 4);
    String square = means.add("square", 4);
    Map<String, double[]> found = means.run(PICTURES);
    for (int c = 0; c < 5; c++) {
      assertEquals(0, found.get(mean)[c], 1e-4);
      assertEquals(1, found.get(square)[c], 1e-3);
    }
  }

  @Test
  void statisticsMoveOnlyAsFarAsTheWeightsMovedThem() throws IOException {
    Path root = TestNet.residual(5).write(directory.resolve("root.onnx"));
    OutputComparison.Reference wanted =
        new OutputComparison.Reference(java.nio.file.Files.readAllBytes(root), PICTURES);
    assertTrue(wanted.compare(BatchNorms.moved(root, root, PICTURES)).relativeError() < 1e-9);
    FloatModel model = FloatModel.read(root);
    float[] halved = model.layers().getFirst().values().clone();
    for (int i = 0; i < halved.length; i++) {
      halved[i] /= 2;
    }
    byte[] changed = model.bytes(Map.of(model.layers().getFirst().name(), halved));
    Path coarse = java.nio.file.Files.write(directory.resolve("coarse.onnx"), changed);
    double without = wanted.compare(changed).relativeError();
    double with = wanted.compare(BatchNorms.moved(coarse, root, PICTURES)).relativeError();
    assertTrue(with < 1e-4 && without > 100 * with, with + " " + without);
  }

  @Test
  void refusesARootWithOtherNormalisations() throws IOException {
    Path model = TestNet.residual(5).write(directory.resolve("m.onnx"));
    Path other =
        new TestNet(1)
            .input("x", -1, 3, 8, 8)
            .conv("x", "y", 3, 2)
            .output("y", -1, 2, 8, 8)
            .write(directory.resolve("o.onnx"));
    org.junit.jupiter.api.Assertions.assertThrows(
        IntegerException.class, () -> BatchNorms.moved(model, other, PICTURES));
  }

  @Test
  void aShareOfNothingChangesNothing() throws IOException {
    Path file = TestNet.residual(3).write(directory.resolve("r.onnx"));
    OutputComparison.Reference before =
        new OutputComparison.Reference(java.nio.file.Files.readAllBytes(file), PICTURES);
    OutputComparison same = before.compare(BatchNorms.reestimated(file, PICTURES, 0));
    assertTrue(same.relativeError() < 1e-12, same.toString());
    assertNotNull(BatchNorms.reestimated(file, PICTURES, 0.5));
  }
}
