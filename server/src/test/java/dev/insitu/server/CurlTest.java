package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.inference.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's own examples, with other numbers, sent by a client that knows nothing of us. */
class CurlTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final float[] VALUES = {1, 2, 3, 4, -1, 0.5f, 1e-3f, 0};

  @TempDir private Path scratch;
  private Fixture fixture;
  private Served model;
  private float[] expected;

  @BeforeEach
  void start() throws IOException {
    Assumptions.assumeTrue(hasCurl(), "curl is not on this machine");
    fixture = Fixture.start(scratch);
    model = Served.pack(TestModels.product(scratch.resolve("m.onnx")), "product", 1, scratch);
    fixture.server().library().publish(model.file);
    Map<String, Tensor> answers = model.original.run(Map.of("x", Tensor.of(VALUES, 1, 8)));
    expected = Optional.ofNullable(answers.get("y")).orElseThrow().floats();
  }

  @AfterEach
  void stop() throws IOException {
    if (fixture != null) {
      model.close();
      fixture.close();
    }
  }

  private static boolean hasCurl() {
    try {
      return new ProcessBuilder("curl", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private byte[] curl(String path, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error"));
    command.addAll(Arrays.asList(options));
    command.add(fixture.server().url() + path);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] answer = process.getInputStream().readAllBytes();
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> new String(answer, StandardCharsets.UTF_8));
    return answer;
  }

  @Test
  void healthMetadataAndErrorsAreAsTheProtocolHasThem() throws Exception {
    assertEquals("{\"live\":true}", new String(curl("/v2/health/live"), StandardCharsets.UTF_8));
    JsonNode metadata = JSON.readTree(curl("/v2/models/product"));
    assertEquals("product", metadata.path("name").asText());
    assertEquals("[-1,8]", metadata.path("inputs").get(0).path("shape").toString());
    JsonNode error = JSON.readTree(curl("/v2/models/none/infer", "--data", "{\"inputs\":[]}"));
    assertTrue(error.path("error").asText().contains("none"), error.toString());
  }

  @Test
  void aRequestInJsonIsAnswered() throws Exception {
    String request =
        """
        {
          "id" : "42",
          "inputs" : [
            {
              "name" : "x",
              "shape" : [ 1, 8 ],
              "datatype" : "FP32",
              "data" : %s
            }
          ],
          "outputs" : [
            {
              "name" : "y"
            }
          ]
        }
        """
            .formatted(Arrays.toString(VALUES));
    JsonNode answer = JSON.readTree(curl("/v2/models/product/infer", "--data", request));
    assertEquals("product", answer.path("model_name").asText(), answer::toString);
    assertEquals("1", answer.path("model_version").asText());
    assertEquals("42", answer.path("id").asText());
    JsonNode output = answer.path("outputs").get(0);
    assertEquals("y", output.path("name").asText());
    assertEquals("[1,8]", output.path("shape").toString());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], output.path("data").get(i).floatValue(), 1e-5);
    }
  }

  @Test
  void aRequestWithBytesIsAnsweredWithBytes() throws Exception {
    byte[] json =
        """
        {"inputs": [{"name": "x", "shape": [1, 8], "datatype": "FP32",
          "parameters": {"binary_data_size": 32}}],
         "outputs": [{"name": "y", "parameters": {"binary_data": true}}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer body =
        ByteBuffer.allocate(json.length + 32).order(ByteOrder.LITTLE_ENDIAN).put(json);
    for (float value : VALUES) {
      body.putFloat(value);
    }
    Path file = Files.write(scratch.resolve("request.bin"), body.array());
    Path heads = scratch.resolve("heads.txt");
    byte[] answer =
        curl(
            "/v2/models/product/versions/1/infer",
            "--data-binary",
            "@" + file,
            "--header",
            "Content-Type: application/octet-stream",
            "--header",
            "Inference-Header-Content-Length: " + json.length,
            "--dump-header",
            heads.toString());
    String head = Files.readString(heads).toLowerCase(Locale.ROOT);
    int length =
        head.lines()
            .filter(line -> line.startsWith("inference-header-content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
            .findFirst()
            .orElseThrow();
    assertEquals(length + 32, answer.length);
    ByteBuffer values = ByteBuffer.wrap(answer, length, 32).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : expected) {
      assertEquals(value, values.getFloat(), 1e-5);
    }
  }
}
