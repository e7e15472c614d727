package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.demo.ShapesModel;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTunedTest {

  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void write() throws IOException {
    root = directory.resolve("root.onnx");
    Files.write(root, ShapesModel.onnx());
  }

  private static List<TensorProto> weights(Path file) throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList();
  }

  private static long changed(List<TensorProto> before, List<TensorProto> after) {
    long changed = 0;
    for (int i = 0; i < before.size(); i++) {
      assertEquals(before.get(i).getDimsList(), after.get(i).getDimsList());
      changed += before.get(i).equals(after.get(i)) ? 0 : 1;
    }
    return changed;
  }

  @Test
  void everywhereChangesManyTensorsAndTheLastLayerOne() throws IOException {
    assertTrue(FineTuned.isPossible(root));
    Path all = directory.resolve("all.onnx");
    FineTuned.everywhere(root, all, 0.01, 3);
    assertTrue(changed(weights(root), weights(all)) > 20);
    Path last = directory.resolve("last.onnx");
    FineTuned.lastLayer(root, last, 0.01, 3);
    assertEquals(1, changed(weights(root), weights(last)));
  }

  @Test
  void theSameSeedGivesTheSameBytes() throws IOException {
    Path first = directory.resolve("first.onnx");
    Path second = directory.resolve("second.onnx");
    FineTuned.everywhere(root, first, 0.01, 3);
    FineTuned.everywhere(root, second, 0.01, 3);
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
  }

  @Test
  void modelWithoutWeightsCannotBeChanged() throws IOException {
    Path empty = directory.resolve("empty.onnx");
    Files.write(empty, ModelProto.getDefaultInstance().toByteArray());
    assertFalse(FineTuned.isPossible(empty));
  }
}
