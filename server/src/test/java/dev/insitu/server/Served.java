package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferResponse;
import dev.insitu.runtime.protocol.InferenceBody;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** A model on a server, beside the original and the runtime of a device. */
final class Served implements AutoCloseable {

  static final int SEGMENTS = 4;
  private static final double NEAR = 1e-4; // kernels add in another order when a graph is divided

  final String name;
  final PackageFile file;
  final GraphRun original;
  private final Path directory;

  private Served(String name, PackageFile file, GraphRun original, Path directory) {
    this.name = name;
    this.file = file;
    this.original = original;
    this.directory = directory;
  }

  /** A model of convolutions in four segments, from image[n, 3, 32, 32] to logits. */
  static Served shapes(Path directory) throws IOException {
    Path onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    return pack(onnx, "shapes", SEGMENTS, directory);
  }

  /** Packs a model. */
  static Served pack(Path onnx, String name, int segments, Path directory) throws IOException {
    Path target = directory.resolve(name + ".insitu");
    ForgeOptions options = ForgeOptions.of(name, "1").withoutSamples().withMaxSegments(segments);
    Forge.pack(onnx, target, options, ForgeProgress.NONE);
    return new Served(
        name,
        PackageFile.open(target, Trust.anybody()),
        GraphRun.open(onnx, Optimisation.BASIC),
        directory);
  }

  /** The runtime with all of the package. */
  ProgressiveModel device() throws Exception {
    ProgressiveModel model =
        new ProgressiveModel(
            file.manifest(), file, directory.resolve("work"), RuntimeOptions.defaults());
    SubModel whole = SubModel.whole(file.manifest());
    model.expect(whole, whole);
    whole.indices().forEach(model::arrived);
    model.whenComplete().get(60, TimeUnit.SECONDS);
    return model;
  }

  /** Random values. */
  static Tensor random(long seed, long... shape) {
    int count = 1;
    for (long dim : shape) {
      count *= (int) dim;
    }
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, shape);
  }

  HttpResponse<byte[]> post(Fixture fixture, InferenceBody body)
      throws IOException, InterruptedException {
    String path = "/v2/models/" + name + "/infer";
    return body.jsonBytes().isPresent()
        ? fixture.post(
            path, body.bytes(), InferenceBody.HEADER, Integer.toString(body.jsonBytes().getAsInt()))
        : fixture.post(path, body.bytes());
  }

  InferResponse ask(Fixture fixture, InferRequest request)
      throws IOException, InterruptedException {
    return read(post(fixture, request.write()));
  }

  static InferResponse read(HttpResponse<byte[]> response) {
    assertEquals(
        200, response.statusCode(), () -> new String(response.body(), StandardCharsets.UTF_8));
    Optional<String> length = response.headers().firstValue(InferenceBody.HEADER);
    return InferResponse.read(InferenceBody.received(response.body(), length));
  }

  static void assertNear(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, value) -> {
      Tensor other = Optional.ofNullable(actual.get(name)).orElseThrow();
      assertEquals(value.toString(), other.toString());
      float[] a = value.floats();
      float[] b = other.floats();
      double most = 1;
      for (float some : a) {
        most = Math.max(most, Math.abs(some));
      }
      for (int i = 0; i < a.length; i++) {
        assertEquals(a[i], b[i], NEAR * most, name + " at " + i);
      }
    });
  }

  @Override
  public void close() throws IOException {
    original.close();
    file.close();
  }
}
