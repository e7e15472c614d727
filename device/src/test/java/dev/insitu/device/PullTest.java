package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A device and the product's own server with a chain of products of four layers or more. */
@Timeout(120)
abstract class PullTest {

  static final int N = 272; // a layer is worth a segment

  @TempDir Path directory;
  RealServer server;
  PackageFile file;
  long all; // bytes that come for the whole

  @BeforeEach
  void start() throws IOException {
    server = RealServer.start(directory.resolve("server").toAbsolutePath());
    file = publish();
    all = file.manifestBytes().length + file.manifest().chunkBytes();
  }

  /** What the server has. */
  abstract PackageFile publish() throws IOException;

  @AfterEach
  void stop() throws IOException {
    file.close();
    server.close();
  }

  DeviceOptions.Builder options(int port) {
    return DeviceOptions.builder(
        directory.resolve("device"), URI.create("http://127.0.0.1:" + port), Trust.anybody());
  }

  Insitu open(int port) throws IOException {
    return Insitu.open(options(port).build());
  }

  /** Heads for the first segments of a model, each with a matrix of another one. */
  List<ExitHead> heads(TestPackage model, TestPackage matrices, int count) throws IOException {
    Path onnx = directory.resolve("bare.onnx");
    Files.write(onnx, TestOnnx.whole(model.weights, model.n));
    Manifest bare =
        Forge.pack(
                onnx,
                directory.resolve("bare.insitu"),
                ForgeOptions.of("bare", "1"),
                ForgeProgress.NONE)
            .manifest();
    List<ExitHead> heads = new ArrayList<>();
    for (int after = 0; after < count; after++) {
      int layer = Integer.parseInt(bare.segments().get(after).outputs().get(0).substring(1));
      Path head = directory.resolve("head" + after + ".onnx");
      Files.write(head, TestOnnx.head(layer, matrices.weights.get(after), N));
      heads.add(new ExitHead(after, head));
    }
    return heads;
  }

  static Samples samples() {
    ValueSpec input = new ValueSpec("v0", 1, List.of(1L, (long) N), true);
    return GeneratedSamples.make(List.of(input), 8, 1);
  }

  static float[] input() {
    float[] input = new float[N];
    Arrays.fill(input, 0.5f);
    return input;
  }

  static Map<String, Tensor> inputs() {
    return Map.of("v0", Tensor.of(input(), 1, N));
  }

  static ModelState done(Model model) throws Exception {
    return model.whenDone().get(60, TimeUnit.SECONDS);
  }

  static void assertNear(float[] expected, float[] got, double tolerance) {
    for (int i = 0; i < N; i++) {
      assertEquals(expected[i], got[i], tolerance, "element " + i);
    }
  }
}
