package dev.insitu.runtime.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferRequestTest {

  private static InferRequest read(String json) {
    return InferRequest.read(
        new InferenceBody(json.getBytes(StandardCharsets.UTF_8), OptionalInt.empty()));
  }

  private static String refusal(String json) {
    ElasticException refused = assertThrows(ElasticException.class, () -> read(json), json);
    assertEquals(ElasticException.Reason.INVALID, refused.reason());
    return String.valueOf(refused.getMessage());
  }

  private static InferenceBody body(String json, int... bytes) {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      all[head.length + i] = (byte) bytes[i];
    }
    return InferenceBody.received(all, Optional.of(Integer.toString(head.length)));
  }

  static Stream<ElementType> types() {
    return Stream.of(ElementType.values()).filter(Tensor::carries);
  }

  @Test
  void theExampleOfTheProtocolIsRead() {
    InferRequest request =
        read(
            """
            { "id" : "42",
              "inputs" : [
                { "name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32",
                  "data" : [ 1, 2, 3, 4 ] },
                { "name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL", "data" : [ true ,false, true ] } ],
              "outputs" : [ { "name" : "output0" } ] }
            """);
    assertEquals("42", request.id());
    assertEquals(List.of("input0", "input1"), List.copyOf(request.inputs().keySet()));
    assertArrayEquals(new long[] {1, 2, 3, 4}, input(request, "input0").longs());
    assertArrayEquals(new long[] {2, 2}, input(request, "input0").shape());
    assertArrayEquals(new long[] {1, 0, 1}, input(request, "input1").longs());
    assertEquals(List.of(new InferRequest.Output("output0", false)), request.outputs());
    assertEquals(Part.WHOLE, request.part());
  }

  @Test
  void theBinaryExampleOfTheProtocolIsRead() {
    String json =
        """
        { "model_name" : "mymodel",
          "inputs" : [
            { "name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32",
              "parameters" : { "binary_data_size" : 16 } },
            { "name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL",
              "parameters" : { "binary_data_size" : 3 } } ],
          "outputs" : [ { "name" : "output0", "parameters" : { "binary_data" : true } } ] }
        """;
    InferRequest request =
        InferRequest.read(body(json, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 1, 0, 0, 1, 0, 1));
    assertArrayEquals(new long[] {1, 2, 3, 260}, input(request, "input0").longs());
    assertArrayEquals(new long[] {1, 0, 1}, input(request, "input1").longs());
    assertEquals(List.of(new InferRequest.Output("output0", true)), request.outputs());
  }

  private static Tensor input(InferRequest request, String name) {
    return Optional.ofNullable(request.inputs().get(name)).orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyTypeComesBackFromJsonAndFromBytes(ElementType type) {
    long seed = 11L + type.onnx();
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      long[] shape = random.ints(random.nextInt(4), 0, 4).asLongStream().toArray();
      int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      Tensor value = random(random, type, elements, shape);
      Map<String, Tensor> values = new LinkedHashMap<>();
      values.put("a", value);
      values.put("b", Tensor.zeros(type, 2));
      InferRequest request = InferRequest.of(Part.WHOLE, values);
      assertEquals(request, InferRequest.read(request.write()), "seed " + seed);
      InferResponse answer =
          new InferResponse("m", "1", "", values, Optional.empty(), Optional.empty());
      assertEquals(answer, InferResponse.read(answer.write(name -> false)), "seed " + seed);
      assertEquals(answer, InferResponse.read(answer.write("b"::equals)), "seed " + seed);
    }
  }

  private static Tensor random(Random random, ElementType type, int elements, long[] shape) {
    if (type == ElementType.FLOAT64) {
      ByteBuffer bytes = ByteBuffer.allocate(8 * elements).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < elements; i++) {
        bytes.putDouble(random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300));
      }
      return Tensor.wrap(type, bytes.flip(), shape);
    }
    if (type.floating()) {
      float[] values = new float[elements];
      for (int i = 0; i < elements; i++) {
        values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(6) - 3));
      }
      return Tensor.ofFloats(type, values, shape);
    }
    byte[] bytes = new byte[elements * type.bytes()];
    random.nextBytes(bytes);
    if (type == ElementType.BOOL) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] &= 1;
      }
    }
    return Tensor.wrap(type, ByteBuffer.wrap(bytes), shape);
  }

  @Test
  void partsIdsAndWantedOutputsComeBack() {
    Digest manifest = Digest.parse("ab".repeat(32));
    InferRequest request =
        new InferRequest(
            "7",
            new Part(2, OptionalInt.of(5), Optional.of(manifest)),
            Map.of("x", Tensor.of(new float[] {1, 2}, 1, 2)),
            List.of(new InferRequest.Output("y", true), new InferRequest.Output("z", false)),
            false);
    assertEquals(request, InferRequest.read(request.write()));
    InferResponse answer =
        new InferResponse(
            "m",
            "1",
            "7",
            Map.of("y", Tensor.of(new float[] {1}, 1)),
            Optional.of(manifest),
            Optional.of(new InferResponse.Work(10, 20, 3)));
    assertEquals(answer, InferResponse.read(answer.write(name -> true)));
  }

  @Test
  void featuresTravelAsOneMessage() {
    byte[] message = FeatureCodec.encode(Map.of("f", Tensor.of(new float[] {1, 0, -3}, 3)), 4);
    InferRequest request = InferRequest.ofFeatures(Part.WHOLE, message);
    InferRequest seen = InferRequest.read(request.write());
    byte[] bytes = new byte[message.length];
    seen.features().orElseThrow().get(bytes);
    assertArrayEquals(message, bytes);
    assertTrue(
        refusal(
                """
                {"inputs": [{"name": "insitu_features", "datatype": "FP32", "shape": [1], "data": [1]}]}
                """)
            .contains("FLOAT32[1]"));
  }

  @Test
  void fieldsComeInAnyOrderNestedOrFlat() {
    InferRequest request =
        read(
            """
            {"inputs": [{"data": [[1, 2.5], [-3e2, 4]], "later": {"x": [1]}, "datatype": "FP32",
              "shape": [2, 2], "name": "x"}], "parameters": {"other": true}, "more": null}
            """);
    assertArrayEquals(new float[] {1, 2.5f, -300, 4}, input(request, "x").floats());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"inputs\": 3}",
        "{\"inputs\": [3]}",
        "{\"inputs\": [{}]}",
        "{\"inputs\": []} x",
        "{\"parameters\": {\"insitu_from\": -1}}",
        "{\"parameters\": {\"insitu_from\": 2, \"insitu_to\": 2}}",
        "{\"parameters\": {\"insitu_from\": 1.5}}",
        "{\"parameters\": {\"insitu_from\": 99999999999}}",
        "{\"parameters\": {\"insitu_manifest\": \"zz\"}}",
        "{\"outputs\": [{\"name\": \"y\", \"parameters\": {\"classification\": 3}}]}"
      })
  void documentsOfAnotherFormAreRefused(String json) {
    refusal(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"datatype\": \"FP32\", \"shape\": [2], \"data\": [1]",
        "\"datatype\": \"FP32\", \"shape\": [2], \"data\": [1, 2, 3]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [NaN]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [\"NaN\"]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [1e39]",
        "\"datatype\": \"FP64\", \"shape\": [1], \"data\": [1e999]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [null]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [true]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [{}]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": 1",
        "\"datatype\": \"FP32\", \"shape\": [], \"data\": 1",
        "\"datatype\": \"FP32\", \"shape\": [1]",
        "\"datatype\": \"FP32\", \"data\": [1]",
        "\"shape\": [1], \"data\": [1]",
        "\"datatype\": \"BYTES\", \"shape\": [1], \"data\": [\"x\"]",
        "\"datatype\": \"fp32\", \"shape\": [1], \"data\": [1]",
        "\"datatype\": \"INT8\", \"shape\": [1], \"data\": [128]",
        "\"datatype\": \"UINT8\", \"shape\": [1], \"data\": [-1]",
        "\"datatype\": \"INT64\", \"shape\": [1], \"data\": [9223372036854775808]",
        "\"datatype\": \"UINT64\", \"shape\": [1], \"data\": [18446744073709551616]",
        "\"datatype\": \"INT32\", \"shape\": [1], \"data\": [1.5]",
        "\"datatype\": \"FP32\", \"shape\": [-1], \"data\": []",
        "\"datatype\": \"FP32\", \"shape\": [4611686018427387904, 4], \"data\": []",
        "\"datatype\": \"FP32\", \"shape\": [2147483647, 2147483647], \"data\": [1]",
        "\"datatype\": \"FP32\", \"shape\": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"
            + " 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], \"data\": [1]",
        "\"datatype\": \"FP32\", \"shape\": [1], \"parameters\": {\"binary_data_size\": 4}",
        "\"datatype\": \"FP32\", \"shape\": [1], \"parameters\": {\"binary_data_size\": -4}",
        "\"datatype\": \"FP32\", \"shape\": [1], \"data\": [1], \"parameters\": {\"binary_data_size\": 4}",
        "\"datatype\": \"FP32\", \"shape\": [1], \"parameters\": {\"shared_memory_region\": \"x\"}",
        "\"datatype\": \"FP32\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]"
      })
  void tensorsThatAreNoneAreRefused(String fields) {
    refusal("{\"inputs\": [{\"name\": \"x\", " + fields + "}]}");
    refusal("{\"inputs\": [{" + fields + ", \"name\": \"x\"}]}");
  }

  @Test
  void bytesThatDoNotFitAreRefused() {
    String json =
        "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"%s\", \"shape\": [%s], \"parameters\":"
            + " {\"binary_data_size\": %s}}]}";
    assertEquals(1, InferRequest.read(body(json.formatted("UINT8", 2, 2), 1, 2)).inputs().size());
    for (InferenceBody wrong :
        List.of(
            body(json.formatted("UINT8", 2, 2), 1),
            body(json.formatted("UINT8", 2, 2), 1, 2, 3),
            body(json.formatted("UINT8", 2, 3), 1, 2, 3),
            body(json.formatted("FP32", 1, 4), 1, 2, 3),
            body(json.formatted("FP32", "1073741824", "0"), 1, 2, 3),
            body(json.formatted("FP32", "2147483647, 4", "2147483647"), 1, 2, 3),
            body(json.formatted("BOOL", 2, 2), 1, 2))) {
      assertThrows(ElasticException.class, () -> InferRequest.read(wrong));
    }
    for (String header : List.of("", "x", "-1", "99", "1e3", "99999999999")) {
      assertThrows(
          ElasticException.class,
          () -> InferenceBody.received(new byte[4], Optional.of(header)),
          header);
    }
  }

  @Test
  void anyDamageToABodyIsReadOrRefused() {
    long seed = 5;
    Random random = new Random(seed);
    InferenceBody whole =
        InferRequest.of(Part.WHOLE, Map.of("x", Tensor.of(new float[] {1, 2, 3}, 3))).write();
    for (int round = 0; round < 5000; round++) {
      byte[] bytes = whole.bytes().clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      int json = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : whole.end();
      try {
        InferRequest.read(new InferenceBody(bytes, OptionalInt.of(json)));
      } catch (ElasticException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 10, "seed " + seed);
      }
    }
  }
}
