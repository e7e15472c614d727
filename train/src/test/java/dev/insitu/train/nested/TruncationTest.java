package dev.insitu.train.nested;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.forge.PlaneSteps;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.WeightFile;
import dev.insitu.train.Drawn;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What training takes for a sub-model is what a device rebuilds from the package. */
class TruncationTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 6})
  void givesTheWeightsThatADeviceRebuilds(int missing) throws IOException {
    Path onnx = Drawn.network(folder);
    Path target = folder.resolve("drawn.insitu");
    Forge.pack(onnx, target, ForgeOptions.of("drawn", "1"), ForgeProgress.NONE);
    try (OnnxModel model = OnnxModel.open(onnx);
        PackageFile file = PackageFile.open(target, Trust.anybody());
        NDManager manager = Torch.newManager();
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      Manifest manifest = file.manifest();
      int group = PlaneSteps.LEVELS - missing;
      SubModel present = SubModel.of(manifest, manifest.segments().size(), group);
      Path weights = folder.resolve("weights" + missing);
      WeightFile.assemble(manifest, file, present, tensor -> true, weights);
      ByteBuffer bytes =
          ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
      Map<String, Float> steps = PlaneSteps.of(model);
      int compared = 0;
      for (int i = 0; i < manifest.tensors().size(); i++) {
        TensorSpec tensor = manifest.tensors().get(i);
        if (tensor.floatPlanes()) {
          float[] rebuilt = new float[(int) tensor.length()];
          bytes.position((int) manifest.blocks().offset(i)).asFloatBuffer().get(rebuilt);
          float step = steps.get(tensor.name());
          NDArray exact = graph.parameters().get(tensor.name()).array();
          NDArray mine = Truncation.at(step, missing).apply(exact);
          // the reconstruction point is a sixteenth of a bin, and may be rounded the other way
          float apart = step * (1 << missing) / 15;
          assertArrayEquals(rebuilt, mine.toFloatArray(), apart, tensor.name());
          compared++;
        }
      }
      assertTrue(compared > 5, compared + " tensors compared");
    }
  }

  @Test
  void gradientsPassAsIfNothingHadBeenDone() {
    try (NDManager manager = Torch.newManager()) {
      NDArray weights = Torch.floats(manager, new float[] {0.9f, -2.4f, 0.1f}, 3);
      weights.setRequiresGradient(true);
      NDArray factors = Torch.floats(manager, new float[] {1, 2, 3}, 3);
      Torch.backward(() -> Truncation.at(0.5, 1).apply(weights).mul(factors).sum());
      try (NDArray gradient = Torch.gradient(weights).orElseThrow()) {
        assertArrayEquals(new float[] {1, 2, 3}, gradient.toFloatArray());
      }
      float[] values = Truncation.at(0.5, 1).apply(weights).toFloatArray();
      assertEquals(0, values[0], "below one bin");
      assertTrue(values[1] < -2 && values[1] > -3, "within the second bin");
    }
  }
}
