package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.Cuts;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferResponse;
import dev.insitu.runtime.protocol.Part;
import dev.insitu.server.inference.InferenceOptions;
import dev.insitu.server.inference.TestModels;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inference over HTTP, compared with ONNX Runtime on the original model. */
class InferTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path models;
  @AutoClose private static Served shapes;

  @TempDir private Path scratch;
  @AutoClose private Fixture fixture;

  @BeforeAll
  static void pack() throws IOException {
    shapes = Served.shapes(models);
  }

  @BeforeEach
  void start() throws IOException {
    InferenceOptions inference = InferenceOptions.defaults().withBatches(8, Duration.ofMillis(200));
    fixture = Fixture.start(scratch, options -> options.withInference(inference));
    fixture.server().library().publish(shapes.file);
  }

  private static Map<String, Tensor> picture(long seed, int count) {
    return Map.of(ShapesModel.INPUT, Served.random(seed, count, 3, 32, 32));
  }

  @Test
  void aWholeModelAnswersAsTheOriginal() throws Exception {
    for (int count : new int[] {1, 3}) {
      Map<String, Tensor> inputs = picture(count, count);
      InferResponse answer = shapes.ask(fixture, InferRequest.of(Part.WHOLE, inputs));
      Served.assertNear(shapes.original.run(inputs), answer.outputs());
      assertEquals("shapes", answer.model());
      assertEquals("1", answer.version());
      assertEquals(Optional.of(shapes.file.digest()), answer.manifest());
    }
  }

  @Test
  void jsonGoesInAndComesOut() throws Exception {
    Map<String, Tensor> inputs = picture(1, 1);
    StringBuilder numbers = new StringBuilder();
    for (float value : inputs.values().iterator().next().floats()) {
      numbers.append(numbers.isEmpty() ? "" : ", ").append(value);
    }
    String request =
        """
        {"id": "a1", "inputs": [{"name": "image", "shape": [1, 3, 32, 32], "datatype": "FP32",
          "data": [%s]}], "outputs": [{"name": "logits"}]}
        """
            .formatted(numbers);
    for (String path : List.of("/v2/models/shapes/infer", "/v2/models/shapes/versions/1/infer")) {
      HttpResponse<byte[]> response = fixture.post(path, request.getBytes(StandardCharsets.UTF_8));
      Served.assertNear(shapes.original.run(inputs), Served.read(response).outputs());
      JsonNode json = JSON.readTree(response.body());
      assertEquals("a1", json.path("id").asText());
      assertEquals("FP32", json.path("outputs").get(0).path("datatype").asText());
      assertEquals("[1,10]", json.path("outputs").get(0).path("shape").toString());
      assertEquals(10, json.path("outputs").get(0).path("data").size());
      assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
    }
  }

  @Test
  void fromEveryCutTheAnswerIsThatOfTheWhole() throws Exception {
    Map<String, Tensor> inputs = picture(4, 2);
    Map<String, Tensor> expected = shapes.original.run(inputs);
    try (ProgressiveModel device = shapes.device()) {
      for (int cut = 0; cut < Served.SEGMENTS; cut++) {
        Map<String, Tensor> features = device.runUntil(cut, inputs);
        InferResponse answer =
            shapes.ask(fixture, InferRequest.of(Part.from(cut, shapes.file.digest()), features));
        Served.assertNear(expected, answer.outputs());
        for (int to = cut + 1; to < Served.SEGMENTS; to++) {
          Part part = new Part(cut, OptionalInt.of(to), Optional.empty());
          InferResponse middle = shapes.ask(fixture, InferRequest.of(part, features));
          Served.assertNear(device.runUntil(to, inputs), middle.outputs());
        }
      }
    }
  }

  @Test
  void quantisedFeaturesAreWhatTheyDecodeTo() throws Exception {
    Map<String, Tensor> inputs = picture(5, 1);
    try (ProgressiveModel device = shapes.device()) {
      for (int cut = 0; cut < Served.SEGMENTS; cut++) {
        Map<String, Tensor> features = ordered(cut, device.runUntil(cut, inputs));
        for (int bits : new int[] {2, 6, FeatureCodec.EXACT}) {
          byte[] message = FeatureCodec.encode(features, bits);
          Map<String, Tensor> decoded =
              FeatureCodec.decode(ByteBuffer.wrap(message), features.keySet(), Long.MAX_VALUE);
          Part part = Part.from(cut, shapes.file.digest());
          Served.assertNear(
              shapes.ask(fixture, InferRequest.of(part, decoded)).outputs(),
              shapes.ask(fixture, InferRequest.ofFeatures(part, message)).outputs());
        }
      }
    }
  }

  private static Map<String, Tensor> ordered(int cut, Map<String, Tensor> values) {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (String name : Cuts.of(shapes.file.manifest()).before(cut)) {
      ordered.put(name, Optional.ofNullable(values.get(name)).orElseThrow());
    }
    return ordered;
  }

  @Test
  void requestsOfManyAreComputedTogetherAndEachGetsItsOwnAnswer() throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
      for (int round = 0; round < 4; round++) {
        List<Future<?>> answers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          Map<String, Tensor> inputs = picture(100L * round + i, 1 + i % 2);
          answers.add(
              clients.submit(() -> {
                InferResponse answer = shapes.ask(fixture, InferRequest.of(Part.WHOLE, inputs));
                Served.assertNear(shapes.original.run(inputs), answer.outputs());
                return true;
              }));
        }
        for (Future<?> answer : answers) {
          answer.get();
        }
      }
    }
    assertEquals(64, metric("insitu_inference_requests_total"));
    assertEquals(96, metric("insitu_inference_samples_total"));
    assertTrue(metric("insitu_inference_batches_total") < 60, "batches were formed");
    assertEquals(1, metric("insitu_inference_parts"));
  }

  private double metric(String name) throws Exception {
    String metrics = new String(fixture.get("/metrics").body(), StandardCharsets.UTF_8);
    Matcher found = Pattern.compile("(?m)^" + name + " ([0-9.E]+)$").matcher(metrics);
    assertTrue(found.find(), metrics);
    return Double.parseDouble(found.group(1));
  }

  private Served publish(String name, Path onnx) throws IOException {
    Served served = Served.pack(onnx, name, 1, scratch);
    fixture.server().library().publish(served.file);
    return served;
  }

  @Test
  void modelsThatDoNotTakeBatchesAreRunOneByOne() throws Exception {
    try (Served fixed = publish("fixed", TestModels.productOfOne(scratch.resolve("f.onnx")));
        Served mixing = publish("mixing", TestModels.mixing(scratch.resolve("m.onnx")));
        ExecutorService clients = Executors.newFixedThreadPool(8)) {
      List<Future<?>> answers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        Served model = i % 2 == 0 ? fixed : mixing;
        Map<String, Tensor> inputs = Map.of("x", Served.random(i, i % 2 == 0 ? 1 : 1 + i % 3, 8));
        answers.add(
            clients.submit(() -> {
              InferResponse answer = model.ask(fixture, InferRequest.of(Part.WHOLE, inputs));
              Served.assertNear(model.original.run(inputs), answer.outputs());
              return true;
            }));
      }
      for (Future<?> answer : answers) {
        answer.get();
      }
      assertEquals(2, fixed.file.manifest().inputs().getFirst().dims().size());
      assertEquals(32, metric("insitu_inference_batches_total"));
    }
  }

  @Test
  void theServerAndItsModelsSayWhatTheyTake() throws Exception {
    assertEquals("insitu", fixture.json("/v2").path("name").asText());
    assertTrue(fixture.json("/v2").path("extensions").toString().contains("binary_tensor_data"));
    assertTrue(fixture.json("/v2/health/live").path("live").asBoolean());
    assertTrue(fixture.json("/v2/health/ready").path("ready").asBoolean());
    assertTrue(fixture.json("/v2/models/shapes/ready").path("ready").asBoolean());
    assertTrue(fixture.json("/v2/models/shapes/versions/1/ready").path("ready").asBoolean());
    JsonNode model = fixture.json("/v2/models/shapes");
    assertEquals(model, fixture.json("/v2/models/shapes/versions/1"));
    assertEquals(
        "[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[-1,3,32,32]}]",
        model.path("inputs").toString());
    assertEquals(
        "[{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,10]}]",
        model.path("outputs").toString());
    assertEquals("[\"1\"]", model.path("versions").toString());
    JsonNode part = fixture.json("/v2/models/shapes?insitu_from=2&insitu_to=3");
    assertEquals(
        Cuts.of(shapes.file.manifest()).before(2), part.path("inputs").findValuesAsText("name"));
    assertEquals(
        fixture.json("/v2/models/shapes?insitu_from=3").path("inputs"), part.path("outputs"));
    assertEquals(Served.SEGMENTS, part.path("parameters").path("insitu_segments").asInt());
  }

  @Test
  void pullPathsGoOnBesideIt() throws Exception {
    assertEquals("{}", fixture.json("/v2/").toString());
    assertEquals("[\"1\"]", fixture.json("/v2/shapes/tags/list").path("tags").toString());
    assertEquals(200, fixture.get("/v2/shapes/manifests/1").statusCode());
    fixture.publish("models", "ready", 1).close();
    fixture.publish("manifests", "1", 2).close();
    HttpResponse<byte[]> both = fixture.get("/v2/models/manifests/ready");
    assertTrue(
        new String(both.body(), StandardCharsets.UTF_8).contains("layers"),
        "a registry's path it was before");
    assertEquals(200, fixture.get("/v2/models/manifests/versions/1/ready").statusCode());
  }

  @Test
  void fewerBitsAndOtherPackagesAreServedSideBySide() throws Exception {
    fixture.close();
    fixture =
        Fixture.start(
            scratch.resolve("coarse"),
            options -> options.withInference(InferenceOptions.defaults().withBits(3)));
    fixture.server().library().publish(shapes.file);
    Map<String, Tensor> inputs = picture(6, 1);
    InferResponse answer = shapes.ask(fixture, InferRequest.of(Part.WHOLE, inputs));
    assertFalse(shapes.original.run(inputs).equals(answer.outputs()));
  }

  @Test
  void aServerThatDoesNotComputeSaysSo() throws Exception {
    fixture.close();
    fixture = Fixture.start(scratch, ServerOptions::withoutInference);
    Fixture.assertProblem(501, "inference-off", fixture.get("/v2/health/ready"));
    Fixture.assertProblem(501, "inference-off", fixture.get("/v2/models/shapes"));
    Fixture.assertProblem(
        501, "inference-off", fixture.post("/v2/models/shapes/infer", new byte[0]));
    assertEquals(200, fixture.get("/v2/").statusCode());
  }
}
