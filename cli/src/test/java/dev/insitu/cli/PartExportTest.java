package dev.insitu.cli;

import static dev.insitu.cli.Ran.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.model.RealFiles;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands before a cut and what stands after it, as files and in the runtime. */
final class PartExportTest {

  private static final double NEAR = 1e-5;

  @TempDir Path directory;

  private Path shapes() throws IOException {
    return Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
  }

  private Path pack(Path onnx) {
    Path pack = directory.resolve("model.insitu");
    ok("pack", onnx, "-o", pack, "--no-profile", "--segments", 5);
    return pack;
  }

  private static Map<String, Tensor> inputs(List<ValueSpec> specs) {
    if (specs.stream().anyMatch(spec -> spec.name().equals("sr"))) {
      float[] sound = new float[576];
      for (int i = 0; i < sound.length; i++) {
        sound[i] = (float) Math.sin(0.1 * i);
      }
      return Map.of(
          "input", Tensor.of(sound, 1, 576),
          "state", Tensor.zeros(ElementType.FLOAT32, 2, 1, 128),
          "sr", Tensor.of(new long[] {16_000}));
    }
    Map<String, Tensor> inputs = new HashMap<>();
    for (Map.Entry<String, Column> entry :
        GeneratedSamples.make(specs, 1, 1).columns().entrySet()) {
      Column column = entry.getValue();
      inputs.put(entry.getKey(), Tensor.wrap(column.type(), column.bytes(), column.shape()));
    }
    return inputs;
  }

  private static Map<String, Tensor> run(Path file, Map<String, Tensor> inputs) {
    try (GraphRun session = GraphRun.open(file, Optimisation.BASIC)) {
      return session.run(inputs);
    }
  }

  private static void assertNear(Map<String, Tensor> expected, Map<String, Tensor> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, value) -> {
      if (!value.type().floating()) {
        assertEquals(value, actual.get(name), name);
        return;
      }
      assertArrayEquals(value.shape(), actual.get(name).shape(), name);
      float[] wanted = value.floats();
      double largest = 0;
      for (float one : wanted) {
        largest = Math.max(largest, Math.abs(one));
      }
      assertArrayEquals(wanted, actual.get(name).floats(), (float) (NEAR * largest), name);
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet20-cifar10/model.onnx",
        "vit-cifar10/model.onnx",
        "ultraface/rfb-320.onnx",
        "fastestdet/2022-07-03.onnx",
        "tinybert/tinybert.onnx",
        "mnist/mnist-8.onnx",
        "silero-vad/2024-06-27.onnx",
        "silero-vad/op18-ifless.onnx",
        "magika/standard_v3_2.onnx"
      })
  void atEveryCutBothPartsGiveWhatTheWholeGives(String name) throws Exception {
    checkCuts(RealFiles.file("models/" + name));
  }

  @Test
  void theModelOfTheDemoIsCutToo() throws Exception {
    assertTrue(checkCuts(shapes()) > 1);
  }

  /** Returns the number of segments. */
  private int checkCuts(Path onnx) throws Exception {
    Path pack = pack(onnx);
    try (PackageFile file = PackageFile.open(pack, Trust.anybody());
        ProgressiveModel model =
            new ProgressiveModel(
                file.manifest(),
                file,
                directory.resolve("work"),
                RuntimeOptions.builder().build())) {
      Manifest manifest = file.manifest();
      model.expect(SubModel.whole(manifest), SubModel.whole(manifest));
      SubModel.whole(manifest).indices().forEach(model::arrived);
      model.whenComplete().get(60, TimeUnit.SECONDS);
      Map<String, Tensor> inputs = inputs(manifest.inputs());
      Map<String, Tensor> expected = run(onnx, inputs);
      for (int cut = 1; cut < manifest.segments().size(); cut++) {
        Map<String, Tensor> crossing = checkFiles(pack, manifest, cut, inputs, expected);
        Map<String, Tensor> features = model.runUntil(cut, inputs);
        assertEquals(Cuts.of(manifest).before(cut), List.copyOf(features.keySet()));
        assertNear(crossing, features);
        assertNear(expected, model.runFrom(cut, features));
      }
      return manifest.segments().size();
    }
  }

  /** Runs both files one after the other; returns the values at the cut. */
  private Map<String, Tensor> checkFiles(
      Path pack,
      Manifest manifest,
      int cut,
      Map<String, Tensor> inputs,
      Map<String, Tensor> expected)
      throws IOException {
    Path before = directory.resolve("before.onnx");
    Path after = directory.resolve("after.onnx");
    JsonNode first = ok("export", pack, "--to", cut, "-o", before, "--json").json();
    JsonNode second = ok("export", pack, "--from", cut, "-o", after, "--json").json();
    Map<String, Tensor> made = run(before, inputs(first, inputs));
    Map<String, Tensor> known = new HashMap<>(inputs);
    known.putAll(made);
    List<String> order = Cuts.of(manifest).before(cut);
    List<String> taken = names(second.path("inputs"));
    assertTrue(order.containsAll(taken), taken + " of " + order);
    assertEquals(order.stream().filter(taken::contains).toList(), taken, "in the cut's order");
    Map<String, Tensor> outputs = new LinkedHashMap<>(made); // what is made early is not made again
    outputs.putAll(run(after, inputs(second, known)));
    outputs.keySet().retainAll(expected.keySet());
    assertNear(expected, outputs);
    Map<String, Tensor> crossing = new HashMap<>();
    order.forEach(value -> crossing.put(value, known.get(value)));
    return crossing;
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static Map<String, Tensor> inputs(JsonNode said, Map<String, Tensor> known) {
    Map<String, Tensor> inputs = new HashMap<>(known);
    inputs.keySet().retainAll(names(said.path("inputs")));
    return inputs;
  }

  @Test
  void aPartInTheMiddleIsExportedWithFewBits() throws IOException {
    Path pack = pack(shapes());
    Path middle = directory.resolve("middle.onnx");
    JsonNode said =
        ok("export", pack, "--from", 1, "--to", 2, "--bits", 4, "-o", middle, "--json").json();
    assertEquals(1, said.path("from").asInt());
    assertEquals(2, said.path("to").asInt());
    assertTrue(Files.size(middle) > 100);
  }

  @Test
  void segmentsThatAreNotThereAreRefused() throws IOException {
    Path pack = pack(shapes());
    Path none = directory.resolve("none.onnx");
    for (String[] words :
        new String[][] {
          {"--from", "99"},
          {"--to", "0"},
          {"--from", "2", "--to", "2"},
          {"--to", "99"},
          {"--from", "-1"}
        }) {
      List<Object> all = new ArrayList<>(List.of("export", pack, "-o", none));
      all.addAll(List.of(words));
      Ran refused = Ran.run(all.toArray());
      assertEquals(1, refused.status());
      assertTrue(refused.err().contains("the package has the segments 0 to"), refused.err());
    }
    Ran both = Ran.run("export", pack, "-o", none, "--from", 1, "--depth", 1);
    assertEquals(1, both.status());
    assertTrue(both.err().contains("leave one of them out"), both.err());
    assertFalse(Files.exists(none));
  }

  @Test
  void aCutPackageSaysWhichSegmentItLacks() throws IOException {
    Path pack = pack(shapes());
    byte[] bytes = Files.readAllBytes(pack);
    int chunks = ok("show", pack, "--json").json().path("chunkBytes").asInt();
    Path cut =
        Files.write(
            directory.resolve("cut.insitu"), Arrays.copyOf(bytes, bytes.length - chunks + 99));
    Ran refused = Ran.run("export", cut, "-o", directory.resolve("none.onnx"), "--from", 1);
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("the base of segment"), refused.err());
  }
}
