package dev.insitu.cli;

import static dev.insitu.cli.Ran.ok;
import static dev.insitu.cli.Ran.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Narrower models from the file to the answer, as a user types it. */
final class WidthCommandsTest {

  @TempDir private static Path directory;
  private static Path onnx;
  private static Path pack;

  @BeforeAll
  static void packsAModelWithWidths() throws IOException {
    System.setProperty("insitu.home", directory.resolve("home").toString());
    onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    pack = directory.resolve("widths.insitu");
    JsonNode made =
        ok("pack", onnx, "-o", pack, "--generated", 8, "--width", "0.5,0.25", "--json").json();
    assertEquals(3, made.path("widths").size(), made.toString());
  }

  @AfterAll
  static void forgetsTheHome() {
    System.clearProperty("insitu.home");
  }

  private static Map<String, Tensor> answers(Path file) {
    float[] pixels = new float[3 * 32 * 32];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    try (GraphRun session = GraphRun.open(file, Optimisation.NONE)) {
      return session.run(Map.of(ShapesModel.INPUT, Tensor.of(pixels, 1, 3, 32, 32)));
    }
  }

  @Test
  void showListsWhatEveryWidthCosts() throws IOException {
    JsonNode widths = ok("show", pack, "--json").json().path("widths");
    long sum = 0;
    double macs = 0;
    for (JsonNode width : widths) {
      sum += width.path("missingBytes").asLong();
      assertEquals(sum, width.path("bytes").asLong(), "every width is part of the next");
      assertTrue(width.path("macsShare").asDouble() > macs, widths.toString());
      macs = width.path("macsShare").asDouble();
      assertTrue(width.path("profile").size() > 0, widths.toString());
    }
    assertEquals(1, macs);
    assertTrue(widths.get(1).path("macsShare").asDouble() <= 0.55, widths.toString());
    String text = ok("show", pack).out();
    assertTrue(text.contains("0.250"), text);
  }

  @Test
  void narrowModelsAreExportedSmallAndTheWholeAsItWas() throws IOException {
    Path half = directory.resolve("half.onnx");
    JsonNode report = ok("export", pack, "--width", 0.5, "-o", half, "--json").json();
    assertEquals(0.5, report.path("width").asDouble());
    assertTrue(Files.size(half) < Files.size(onnx) / 2, Files.size(half) + " bytes");
    assertEquals(answers(onnx).keySet(), answers(half).keySet());
    Path whole = directory.resolve("whole.onnx");
    ok("export", pack, "--lossless", "-o", whole);
    answers(onnx)
        .forEach(
            (name, value) -> assertArrayEquals(value.floats(), answers(whole).get(name).floats()));
    Ran refused = run("export", pack, "--width", 0.3, "-o", half);
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("0.25, 0.5, 1.0"), refused.err());
    assertTrue(ok("verify", pack).out().contains("bit for bit"));
  }

  @Test
  void aWidthIsPulledAndGrowsToTheWholeByWhatIsMissing() throws Exception {
    ServerOptions options = ServerOptions.of(directory.resolve("library"));
    SubModelExporter exporter = new SubModelExporter(directory.resolve("exports"));
    try (InsituServer server = InsituServer.start(options.withPort(0).withExporter(exporter));
        PackageFile file = PackageFile.open(pack, Trust.anybody())) {
      server.library().publish(file);
      String name = file.manifest().name();
      Path device = directory.resolve("device");
      Object[] at = {"--server", server.url(), "--device", device, "--allow-unsigned", "--json"};
      long narrow = bytes(run(join(at, "pull", name, "--width", 0.25)));
      assertEquals(
          file.manifestBytes().length + file.manifest().atShare(0.25).chunkBytes(), narrow);
      ok(join(at, "run", name));
      long rest = bytes(run(join(at, "pull", name)));
      assertEquals(
          file.manifestBytes().length + file.manifest().chunkBytes(), narrow + rest, "in all");
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create(server.url() + "/v1/models/" + name + "/onnx?width=0.5"))
              .build();
      byte[] exported = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray()).body();
      Path half = directory.resolve("local.onnx");
      ok("export", pack, "--width", 0.5, "-o", half);
      assertArrayEquals(Files.readAllBytes(half), exported);
    }
  }

  @Test
  void filesAreTheSameWhetherPutTogetherInMemoryOrInAFile() throws IOException {
    Path exports = directory.resolve("alike");
    try (PackageFile file = PackageFile.open(pack, Trust.anybody())) {
      for (double share : file.manifest().widths()) {
        Manifest view = file.manifest().atShare(share);
        int segments = view.segments().size();
        for (int group : new int[] {0, 3, view.losslessGroup()}) {
          SubModel model = SubModel.of(view, segments, group);
          Path inMemory = directory.resolve("in-memory.onnx");
          new SubModelExporter(exports, Long.MAX_VALUE).exportTo(inMemory, view, file, model);
          Path inFile = directory.resolve("in-file.onnx");
          new SubModelExporter(exports, 0).exportTo(inFile, view, file, model);
          assertEquals(-1, Files.mismatch(inFile, inMemory), share + ", group " + group);
        }
      }
    }
  }

  private static Object[] join(Object[] last, Object... first) {
    Object[] all = Arrays.copyOf(first, first.length + last.length);
    System.arraycopy(last, 0, all, first.length, last.length);
    return all;
  }

  private static long bytes(Ran ran) throws IOException {
    assertEquals(0, ran.status(), ran.err());
    return ran.json().path("bytes").asLong();
  }
}
