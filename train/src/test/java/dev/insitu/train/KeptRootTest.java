package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.PlainOnnx;
import dev.insitu.model.RealFiles;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.runtime.KeptRootFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A family that was trained from any exporter's model keeps that model bit for bit. */
class KeptRootTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet20-cifar10/model.onnx",
        "vit-cifar10/model.onnx",
        "tinybert/tinybert.onnx",
        "magika/standard_v3_2.onnx",
        "fastestdet/2022-07-14.onnx",
        "pp-ocr-det/model.onnx",
        "mnist/mnist-8.onnx"
      })
  void theRootComesBack(String path) throws IOException {
    Path root = RealFiles.model(path, folder);
    Path family = folder.resolve("family.onnx");
    ForgeOptions options = ForgeOptions.of("family", "1").withParent(root).withRootKept(true);
    try (OnnxModel model = OnnxModel.open(root);
        NDManager manager = Torch.newManager();
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      graph.parameters().all().forEach(KeptRootTest::train);
      graph.writeTo(family);
    }
    Path target = folder.resolve("family.insitu");
    Forge.pack(family, target, options, ForgeProgress.NONE);
    try (PackageFile pack = PackageFile.open(target, Trust.anybody())) {
      Map<String, ByteBuffer> expected = values(root);
      Map<String, ByteBuffer> trained = values(family);
      assertTrue(trained.keySet().containsAll(expected.keySet()), "no tensor is lost");
      assertTrue(expected.keySet().stream().anyMatch(n -> !expected.get(n).equals(trained.get(n))));
      Map<String, ByteBuffer> returned = values(exported(pack));
      returned.keySet().retainAll(expected.keySet());
      assertEquals(expected, returned);
      long kept = pack.manifest().keptRoot().orElseThrow().bytes();
      System.out.printf("%-40s kept in %,d of %,d%n", path, kept, Files.size(root));
    }
  }

  /** As a little training does: every value moves by about a thousandth. */
  private static void train(Parameter parameter) {
    float[] values = parameter.array().toFloatArray();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1 + 1e-3f * (i % 7 - 3);
    }
    Torch.set(parameter.array(), values);
  }

  private Path exported(PackageFile pack) throws IOException {
    Manifest manifest = pack.manifest();
    KeptRoot kept = manifest.keptRoot().orElseThrow();
    Path weights = folder.resolve("root.weights");
    KeptRootFile.assemble(manifest, kept, pack, weights);
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(weights));
    Path out = folder.resolve("root.onnx");
    PlainOnnx.write(
        kept.graph(manifest, pack),
        (offset, into) -> into.put(all.slice((int) offset, into.remaining())),
        out);
    return out;
  }

  /** All weights and small tensors by name. */
  private static Map<String, ByteBuffer> values(Path file) {
    Map<String, ByteBuffer> values = new TreeMap<>();
    try (OnnxModel model = OnnxModel.open(file)) {
      for (Weight weight : model.weights()) {
        ByteBuffer bytes = ByteBuffer.allocate((int) weight.byteLength());
        weight.read(0, bytes);
        values.put(weight.name(), bytes.flip());
      }
      for (TensorProto tensor : model.skeleton().getGraph().getInitializerList()) {
        if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
          values.put(tensor.getName(), tensor.getRawData().asReadOnlyByteBuffer());
        }
      }
    }
    return values;
  }
}
