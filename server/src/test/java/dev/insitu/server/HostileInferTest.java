package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.elastic.ByteWriter;
import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferenceBody;
import dev.insitu.runtime.protocol.Part;
import dev.insitu.server.inference.InferenceOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for inference that cannot be answered. After each the server computes as before. */
class HostileInferTest {

  private static final int MAX_BODY = 1 << 20;
  private static final String PATH = "/v2/models/shapes/infer";

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
    InferenceOptions inference =
        InferenceOptions.defaults().withBodies(MAX_BODY, 2 * MAX_BODY).withMaxQueued(2);
    fixture =
        Fixture.start(
            scratch,
            options -> options.withInference(inference).withBodyPatience(Duration.ofMillis(500)));
    fixture.server().library().publish(shapes.file);
  }

  @AfterEach
  void computesAsBefore() throws Exception {
    Map<String, Tensor> inputs = Map.of("image", Served.random(1, 1, 3, 32, 32));
    Served.assertNear(
        shapes.original.run(inputs),
        shapes.ask(fixture, InferRequest.of(Part.WHOLE, inputs)).outputs());
  }

  private String refusal(int status, String code, HttpResponse<byte[]> response)
      throws IOException {
    String detail = Fixture.assertProblem(status, code, response);
    assertEquals(
        detail, new ObjectMapper().readTree(response.body()).path("error").asText(), "OIP's form");
    return detail;
  }

  private String refusal(int status, String code, Part part, Map<String, Tensor> inputs)
      throws Exception {
    return refusal(status, code, shapes.post(fixture, InferRequest.of(part, inputs).write()));
  }

  private static Part part(int from, int to) {
    return new Part(from, OptionalInt.of(to), Optional.empty());
  }

  @Test
  void valuesThatAreNotTheModelsAreRefusedByName() throws Exception {
    Tensor right = Served.random(1, 1, 3, 32, 32);
    for (Tensor wrong :
        List.of(
            Served.random(1, 1, 3, 32, 31),
            Served.random(1, 1, 3, 1024),
            Served.random(1, 3),
            Tensor.zeros(ElementType.FLOAT64, 1, 3, 32, 32),
            Tensor.zeros(ElementType.INT8, 1, 3, 32, 32))) {
      assertTrue(
          refusal(400, "input-invalid", Part.WHOLE, Map.of("image", wrong)).contains("'image'"));
    }
    assertTrue(refusal(400, "input-invalid", Part.WHOLE, Map.of()).contains("needs 'image'"));
    assertTrue(
        refusal(400, "input-invalid", Part.WHOLE, Map.of("image", right, "x", right))
            .contains("no input 'x'"));
    String cut = Cuts.of(shapes.file.manifest()).before(2).getFirst();
    assertTrue(
        refusal(400, "input-invalid", part(2, 4), Map.of("image", right)).contains("'image'"));
    assertTrue(
        refusal(400, "input-invalid", part(2, 4), Map.of(cut, right)).contains("'" + cut + "'"));
    refusal(400, "input-invalid", part(2, 4), Map.of());
  }

  @Test
  void segmentsAndModelsThatAreNotThereAreNotFound() throws Exception {
    Map<String, Tensor> inputs = Map.of("image", Served.random(1, 1, 3, 32, 32));
    for (Part wrong :
        List.of(
            part(4, 5),
            part(0, 5),
            part(Integer.MAX_VALUE - 1, Integer.MAX_VALUE),
            new Part(4, OptionalInt.empty(), Optional.empty()))) {
      assertTrue(
          refusal(400, "request-invalid", wrong, inputs).contains("has the segments 0 to 3"));
    }
    refusal(400, "request-invalid", fixture.get("/v2/models/shapes?insitu_from=9"));
    refusal(400, "request-invalid", fixture.get("/v2/models/shapes?insitu_from=x"));
    Digest other = Digest.parse("ab".repeat(32));
    refusal(404, "manifest-unknown", Part.from(2, other), inputs);
    fixture.publish("other", "1", 3).close();
    byte[] body = json("\"datatype\": \"FP32\", \"shape\": [0], \"data\": []");
    refusal(404, "model-unknown", fixture.post("/v2/models/nobody/infer", body));
    refusal(404, "version-unknown", fixture.post("/v2/models/shapes/versions/9/infer", body));
    refusal(404, "model-unknown", fixture.get("/v2/models/nobody"));
    refusal(404, "version-unknown", fixture.get("/v2/models/shapes/versions/9/ready"));
    refusal(400, "request-invalid", fixture.get("/v2/models/..%2f..%2fx/ready"));
  }

  private static byte[] json(String fields) {
    return ("{\"inputs\": [{\"name\": \"image\", " + fields + "}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void bodiesThatAreNoRequestsAreRefused() throws Exception {
    for (String fields :
        List.of(
            "\"datatype\": \"FP32\", \"shape\": [1, 3, 32, 32], \"data\": [NaN]",
            "\"datatype\": \"FP32\", \"shape\": [1, 3, 32, 32], \"data\": [1, 2]",
            "\"datatype\": \"FP32\", \"shape\": [1000000, 3, 32, 32], \"data\": [1, 2]",
            "\"datatype\": \"FP32\", \"shape\": [9223372036854775807, 3], \"data\": [1, 2]",
            "\"datatype\": \"FP99\", \"shape\": [1], \"data\": [1]",
            "\"datatype\": \"BYTES\", \"shape\": [1], \"data\": [\"a\"]")) {
      refusal(400, "request-invalid", fixture.post(PATH, json(fields)));
    }
    refusal(400, "request-invalid", fixture.post(PATH, new byte[0]));
    refusal(
        400,
        "request-invalid",
        fixture.post(PATH, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8)));
    String wanted =
        "{\"inputs\": [{\"name\": \"image\", \"datatype\": \"FP32\", \"shape\": [1, 3, 32, 32],"
            + " \"data\": ["
            + "0,".repeat(3071)
            + "0]}], \"outputs\": [{\"name\": \"nothing\"}]}";
    assertTrue(
        refusal(400, "request-invalid", fixture.post(PATH, wanted.getBytes(StandardCharsets.UTF_8)))
            .contains("'logits'"));
    refusal(
        415, "encoding-unsupported", fixture.post(PATH, new byte[9], "Content-Encoding", "gzip"));
  }

  @Test
  void tensorsThatAreCutOrTooLongAreRefused() throws Exception {
    InferenceBody body =
        InferRequest.of(Part.WHOLE, Map.of("image", Served.random(1, 1, 3, 32, 32))).write();
    String length = Integer.toString(body.jsonBytes().orElseThrow());
    byte[] cut = Arrays.copyOf(body.bytes(), body.bytes().length - 5);
    refusal(400, "request-invalid", fixture.post(PATH, cut, InferenceBody.HEADER, length));
    byte[] more = Arrays.copyOf(body.bytes(), body.bytes().length + 5);
    refusal(400, "request-invalid", fixture.post(PATH, more, InferenceBody.HEADER, length));
    for (String wrong : List.of("0", "-1", "x", "99999999", "5", "99999999999999999999")) {
      refusal(
          400, "request-invalid", fixture.post(PATH, body.bytes(), InferenceBody.HEADER, wrong));
    }
    refusal(413, "body-too-large", fixture.post(PATH, new byte[MAX_BODY + 1]));
  }

  @Test
  void featureMessagesUnpackToNoMoreThanTheCutHas() throws Exception {
    List<String> names = Cuts.of(shapes.file.manifest()).before(2);
    Part from = Part.from(2, shapes.file.digest());
    for (long claimed : new long[] {1000, 100_000, Integer.MAX_VALUE}) {
      refusal(
          413,
          "features-invalid",
          shapes.post(fixture, InferRequest.ofFeatures(from, claim(names, claimed)).write()));
    }
    Map<String, Tensor> wrong = new LinkedHashMap<>();
    names.forEach(name -> wrong.put(name, Tensor.zeros(ElementType.FLOAT32, 1, 2)));
    refusal(
        400,
        "input-invalid",
        shapes.post(fixture, InferRequest.ofFeatures(from, FeatureCodec.encode(wrong, 4)).write()));
    byte[] damaged = FeatureCodec.encode(wrong, 4);
    Random random = new Random(2);
    for (int i = 0; i < 50; i++) {
      byte[] some = damaged.clone();
      some[random.nextInt(some.length)] = (byte) random.nextInt();
      int status = shapes.post(fixture, InferRequest.ofFeatures(from, some).write()).statusCode();
      assertTrue(status == 400 || status == 413, "status " + status);
    }
    refusal(
        400,
        "features-invalid",
        shapes.post(fixture, InferRequest.ofFeatures(from, new byte[0]).write()));
  }

  /** A message of few bytes whose codes are all zero. */
  private static byte[] claim(List<String> names, long samples) {
    ByteWriter out = new ByteWriter().u8(1).varint(names.size());
    for (int i = 0; i < names.size(); i++) {
      out.u8(1).u8(4).varint(samples).varint(64).varint(32).varint(32);
      out.u8(1).u8(0).u16(1).varint(0).bytes(new byte[8]);
    }
    return out.toBytes();
  }

  @Test
  void whoComesWhenTooManyWaitIsToldToComeAgain() throws Exception {
    Map<String, Tensor> inputs = Map.of("image", Served.random(1, 16, 3, 32, 32));
    shapes.ask(fixture, InferRequest.of(Part.WHOLE, inputs)); // opens it
    byte[] body = InferRequest.of(Part.WHOLE, inputs).write().bytes();
    int json = InferRequest.of(Part.WHOLE, inputs).write().jsonBytes().orElseThrow();
    int refused = 0;
    try (ExecutorService clients = Executors.newFixedThreadPool(24)) {
      List<Future<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(
            clients.submit(
                () -> fixture.post(PATH, body, InferenceBody.HEADER, Integer.toString(json))));
      }
      for (Future<HttpResponse<byte[]>> answer : answers) {
        HttpResponse<byte[]> response = answer.get();
        if (response.statusCode() != 200) {
          assertEquals(503, response.statusCode());
          String text = new String(response.body(), StandardCharsets.UTF_8);
          assertTrue(text.contains("inference-busy") || text.contains("\"busy\""), text);
          assertEquals("1", response.headers().firstValue("Retry-After").orElseThrow());
          refused++;
        }
      }
    }
    assertTrue(refused > 0, "the queue of two was never full");
  }

  @Test
  void whoGoesAwayInTheMiddleGivesItsRoomBack() throws Exception {
    for (int i = 0; i < 8; i++) { // each takes half of what is read at a time
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server().port())) {
        String head =
            "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + MAX_BODY + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(new byte[MAX_BODY - 10]);
        socket.getOutputStream().flush();
      }
    }
    Map<String, Tensor> inputs = Map.of("image", Served.random(1, 64, 3, 32, 32));
    InferenceBody body = InferRequest.of(Part.WHOLE, inputs).write();
    int status = 503;
    for (int i = 0; i < 100 && status == 503; i++) { // the server hears of it a little later
      status = shapes.post(fixture, body).statusCode();
      Thread.sleep(20);
    }
    assertEquals(200, status);
  }

  @Test
  void aBodyThatDoesNotComeToItsEndIsRefused() throws Exception {
    for (String path : List.of(PATH, "/v1/models/shapes/decide", "/v1/models/shapes/plan")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), fixture.server().port())) {
        String begun =
            "POST "
                + path
                + " HTTP/1.1\r\nHost: x\r\nAccept: "
                + Problem.MEDIA_TYPE
                + "\r\nContent-Length: 1000\r\n\r\n{\"inputs\":";
        socket.getOutputStream().write(begun.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        StringBuilder answer = new StringBuilder();
        for (int b = 0; b >= 0 && answer.indexOf("}]}") < 0; ) { // the end of a problem
          b = socket.getInputStream().read();
          answer.append((char) b);
        }
        assertTrue(answer.indexOf("HTTP/1.1 408 ") == 0, answer::toString);
        assertTrue(answer.indexOf("body-unfinished") > 0, answer::toString);
        assertTrue(answer.indexOf("10 bytes came") > 0, answer::toString);
      }
    }
  }

  @Test
  void anAnswerThatIsLargerThanARequestMayBeIsRefused() throws Exception {
    Tensor pictures = Served.random(1, 80, 3, 32, 32); // 983,040 bytes
    String detail = refusal(400, "input-invalid", part(0, 1), Map.of("image", pictures));
    assertTrue(
        detail.contains("at most " + MAX_BODY) || detail.contains("than " + MAX_BODY), detail);
    assertTrue(detail.contains("Maybe"), detail);
  }

  @Test
  void anyDamageToARequestIsAnsweredOrRefused() throws Exception {
    long seed = 12;
    Random random = new Random(seed);
    InferenceBody whole =
        InferRequest.of(part(0, 1), Map.of("image", Served.random(1, 1, 3, 32, 32))).write();
    int json = whole.jsonBytes().orElseThrow();
    for (int i = 0; i < 150; i++) {
      byte[] bytes = whole.bytes().clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bytes[random.nextInt(json)] = (byte) random.nextInt(128);
      }
      int status =
          fixture.post(PATH, bytes, InferenceBody.HEADER, Integer.toString(json)).statusCode();
      assertTrue(status == 200 || (status >= 400 && status < 500), "seed " + seed + ": " + status);
    }
  }
}
