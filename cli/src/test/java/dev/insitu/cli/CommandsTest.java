package dev.insitu.cli;

import static dev.insitu.cli.Ran.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.library.Library;
import dev.insitu.model.OnnxModel;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user types them, on real files and a real server. */
final class CommandsTest {

  @TempDir private static Path directory;
  private static Path onnx;
  private static Path pack;

  @BeforeAll
  static void packsTheModel() throws IOException {
    System.setProperty("insitu.home", directory.resolve("home").toString());
    onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    pack = directory.resolve("shapes.insitu");
    Ran packed = run("pack", onnx, "-o", pack, "--generated", "8", "--json");
    assertEquals(0, packed.status(), packed.err());
    assertTrue(packed.json().path("profile").size() > 3, packed.out());
  }

  @AfterAll
  static void forgetsTheHome() {
    System.clearProperty("insitu.home");
  }

  @Test
  void verifyFindsThePackageRight() throws IOException {
    Ran verified = run("verify", pack, "--json");
    assertEquals(0, verified.status(), verified.err());
    assertTrue(verified.json().path("exact").asBoolean());
  }

  @Test
  void verifyFindsACutPackage() throws IOException {
    byte[] bytes = Files.readAllBytes(pack);
    Path cut = directory.resolve("cut.insitu");
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length * 2 / 3));
    Ran verified = run("verify", cut, "--json");
    assertEquals(1, verified.status());
    assertTrue(verified.json().path("chunksPresent").asInt() > 0, verified.out());
  }

  @Test
  void verifyRefusesAPackageOfAStranger() throws IOException {
    Path unsigned = directory.resolve("unsigned.insitu");
    assertEquals(0, run("pack", onnx, "-o", unsigned, "--no-profile", "--unsigned").status());
    Ran refused = run("verify", unsigned);
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("not signed"), refused.err());
    assertEquals(0, run("verify", unsigned, "--allow-unsigned").status());
    assertEquals(0, run("sign", unsigned).status());
    assertEquals(0, run("verify", unsigned).status());
  }

  @Test
  void exportLosslessGivesTheRootsWeights() throws IOException {
    Path plain = directory.resolve("plain.onnx");
    assertEquals(0, run("export", pack, "--lossless", "-o", plain).status());
    try (OnnxModel root = OnnxModel.open(onnx);
        OnnxModel exported = OnnxModel.open(plain)) {
      assertEquals(root.parameterCount(), exported.parameterCount());
    }
    Ran small = run("export", pack, "--bits", 3, "-o", directory.resolve("small.onnx"), "--json");
    assertEquals(0, small.status(), small.err());
    assertTrue(small.json().path("bitsPerWeight").asDouble() <= 3);
  }

  @Test
  void exportSaysWhatTheLeastIs() {
    Ran refused = run("export", pack, "--bits", 0.1, "-o", directory.resolve("none.onnx"));
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("Maybe"), refused.err());
    assertFalse(Files.exists(directory.resolve("none.onnx")));
  }

  @Test
  void packRefusesWhatIsNoModel() throws IOException {
    Path text = Files.writeString(directory.resolve("notes.onnx"), "no model at all");
    Ran refused = run("pack", text, "-o", directory.resolve("notes.insitu"));
    assertEquals(1, refused.status());
    assertTrue(refused.err().startsWith("error: "), refused.err());
    assertFalse(Files.exists(directory.resolve("notes.insitu")));
  }

  @Test
  void chunksForFastLinksStayPlain() throws IOException {
    Path usual = directory.resolve("usual.insitu");
    Path slow = directory.resolve("slow.insitu");
    Path fast = directory.resolve("fast.insitu");
    assertEquals(0, run("pack", onnx, "-o", usual, "--no-profile").status());
    assertEquals(0, run("pack", onnx, "-o", slow, "--no-profile", "--for-link", "1M").status());
    assertEquals(0, run("pack", onnx, "-o", fast, "--no-profile", "--for-link", "50G").status());
    assertEquals(-1, Files.mismatch(usual, slow));
    assertTrue(Files.size(fast) > Files.size(usual));
    assertEquals(0, run("verify", fast).status());
    Ran refused = run("pack", onnx, "-o", fast, "--for-link", "0");
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("--for-link"), refused.err());
  }

  @Test
  void showDrawsGroupsAndProfile() {
    Ran shown = run("show", pack);
    assertEquals(0, shown.status(), shown.err());
    assertTrue(shown.out().contains("exact") && shown.out().contains("agreement"), shown.out());
  }

  @Test
  void pullRunListAndRemoveSpeakToAServer() throws IOException {
    Path shelves = directory.resolve("library");
    try (Library library = Library.open(shelves);
        PackageFile opened = PackageFile.open(pack, Trust.anybody())) {
      library.publish(opened);
    }
    Path token = Files.writeString(directory.resolve("token.txt"), "a-token-for-tests");
    ServerOptions options =
        ServerOptions.of(shelves).withPort(0).withToken(Files.readString(token));
    Path device = directory.resolve("device");
    try (InsituServer server = InsituServer.start(options)) {
      String url = "http://127.0.0.1:" + server.port();
      Ran listed = run("list", "--server", url, "--json");
      assertEquals("shapes", listed.json().path("name").asText(), listed.err());
      Ran some = run("pull", "shapes", "--bits", 4, "--server", url, "--device", device, "--json");
      assertEquals(0, some.status(), some.err());
      Ran rest = run("pull", "shapes", "--server", url, "--device", device, "--json");
      assertEquals(0, rest.status(), rest.err());
      assertTrue(rest.json().path("bytes").asLong() < Files.size(pack), rest.out());
      Ran removed = run("rm", "shapes:1", "--server", url, "--token-file", token);
      assertEquals(0, removed.status(), removed.err());
      assertEquals(0, run("gc", "--server", url, "--token-file", token).status());
    }
    Ran offline = run("run", "shapes", "--server", "http://127.0.0.1:9", "--device", device);
    assertEquals(0, offline.status(), offline.err());
    assertTrue(offline.out().contains("logits"), offline.out());
    assertFalse(offline.out().contains("server"), offline.out());
    Ran json = run("run", "shapes", "--device", device, "--json");
    assertEquals("device", json.json().path("origin").asText(), json.out());
  }
}
