package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleException;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.proto.GraphProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A pack that fails leaves nothing behind and does not touch what is there. */
class FaultsTest {

  private static final byte[] OLD = "the package of yesterday".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Path model;
  private Path target;

  @BeforeEach
  void prepare() throws IOException {
    model = Onnx.write(Onnx.chain(1, 3, 100), folder.resolve("model.onnx"));
    target = Files.createDirectory(folder.resolve("out")).resolve("model.insitu");
    Files.write(target, OLD);
  }

  private Forge.Result pack(ForgeOptions options) throws IOException {
    return Forge.pack(model, target, options, ForgeProgress.NONE);
  }

  private static ForgeOptions options() {
    return ForgeOptions.of("test", "1");
  }

  private <T extends Throwable> T assertFails(Class<T> type, String message, Executable pack)
      throws IOException {
    T failure = assertThrows(type, pack);
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertArrayEquals(OLD, Files.readAllBytes(target));
    assertEquals(List.of(target), Packed.list(target.getParent()));
    return failure;
  }

  @Test
  void aFileThatIsNoModel() throws IOException {
    model = Files.write(folder.resolve("text.onnx"), "no model".getBytes(StandardCharsets.UTF_8));
    assertFails(OnnxException.class, "text.onnx", () -> pack(options()));
    model = folder.resolve("absent.onnx");
    assertFails(OnnxException.class, "absent.onnx", () -> pack(options()));
  }

  @Test
  void missingExternalData() throws IOException {
    GraphProto.Builder graph =
        Onnx.chain(
            List.of(
                Onnx.external(
                    Onnx.random("w", new java.util.Random(1), 40, 40), "absent.data", 0)));
    Onnx.write(graph, model);
    assertFails(OnnxException.class, "absent.data", () -> pack(options()));
  }

  @Test
  void aSignerThatFails() throws IOException {
    ForgeOptions signed =
        options()
            .withSigner(digest -> {
              throw new IllegalStateException("no key");
            });
    assertFails(IllegalStateException.class, "no key", () -> pack(signed));
  }

  @Test
  void aListenerThatStopsIt() throws IOException {
    for (String step : List.of("reading weights", "coding weights", "writing")) {
      ForgeProgress stop =
          (name, done, total) -> {
            if (name.equals(step)) {
              throw new IllegalStateException("stopped at " + name);
            }
          };
      assertFails(
          IllegalStateException.class,
          "stopped at " + step,
          () -> Forge.pack(model, target, options(), stop));
    }
  }

  @Test
  void samplesOfAnotherModel() throws IOException {
    Path other = folder.resolve("other.onnx");
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("z", Onnx.FLOAT, -1, 4))
            .addOutput(Onnx.value("y", Onnx.FLOAT, -1, 4))
            .addNode(Onnx.node("Relu", List.of("z"), "y"));
    Samples samples = samplesFor(Onnx.write(graph, other));
    assertFails(
        SampleException.class, "lack input 'x'", () -> pack(options().withSamples(samples)));
  }

  private static Samples samplesFor(Path model) {
    try (OnnxModel root = OnnxModel.open(model)) {
      return GeneratedSamples.make(Forge.inputs(root), 4, 1);
    }
  }

  @Test
  void samplesOfAWrongShape() throws IOException {
    Path other = Onnx.write(Onnx.chain(1, 1, 50), folder.resolve("other.onnx"));
    Samples wrong = samplesFor(other); // of 50 columns
    Samples chosen = new Samples(wrong.columns(), wrong.labels(), "somebody");
    assertFails(
        ForgeException.class,
        "cannot be run on the samples",
        () -> pack(options().withSamples(chosen)));
  }

  @Test
  void generatedSamplesThatTheModelRefusesOnlyCostTheProfile() throws IOException {
    Path other = Onnx.write(Onnx.chain(1, 1, 50), folder.resolve("other.onnx"));
    Forge.Result result = pack(options().withSamples(samplesFor(other)));
    assertEquals(List.of(), result.profile().points());
    assertTrue(result.warnings().getFirst().startsWith("Nothing was measured"));
    try (PackageFile file = PackageFile.open(target, Trust.anybody())) {
      assertEquals(result.digest(), file.digest());
    }
  }

  @Test
  void aTargetThatIsPartOfTheModel() throws IOException {
    Path data = folder.resolve("weights.data");
    byte[] content = new byte[4 * 40 * 40];
    Files.write(data, content);
    var weight = Onnx.random("w", new java.util.Random(1), 40, 40);
    Onnx.write(Onnx.chain(List.of(Onnx.external(weight, "weights.data", 0))), model);
    byte[] before = Files.readAllBytes(model);
    for (Path part : List.of(model, folder.resolve("out/../model.onnx"), data)) {
      ForgeException e =
          assertThrows(
              ForgeException.class, () -> Forge.pack(model, part, options(), ForgeProgress.NONE));
      assertTrue(e.getMessage().contains("is a file of the model itself"), e.getMessage());
    }
    assertArrayEquals(before, Files.readAllBytes(model));
    assertArrayEquals(content, Files.readAllBytes(data));
  }

  @Test
  void aTargetThatCannotBe() {
    assertThrows(
        ForgeException.class,
        () -> Forge.pack(model, folder.resolve("a/b.insitu"), options(), ForgeProgress.NONE));
    assertThrows(
        ForgeException.class,
        () -> Forge.pack(model, folder.resolve("out"), options(), ForgeProgress.NONE));
    assertThrows(
        ForgeException.class, () -> Forge.pack(model, Path.of("/"), options(), ForgeProgress.NONE));
    assertThrows(
        ForgeException.class, () -> pack(options().withWorkDirectory(folder.resolve("nowhere"))));
  }

  @Test
  void temporaryFilesGoWhereTheyAreToldTo() throws IOException {
    Path work = Files.createDirectory(folder.resolve("work"));
    boolean[] seen = new boolean[1];
    ForgeProgress look =
        (step, done, total) -> {
          try {
            seen[0] |= !Packed.list(work).isEmpty();
            assertEquals(1, Packed.list(target.getParent()).size());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    Forge.pack(model, target, options().withWorkDirectory(work), look);
    assertTrue(seen[0]);
    assertEquals(List.of(), Packed.list(work));
  }

  @Test
  void anOperatorThatNobodyKnowsOnlyCostsTheProfile() throws IOException {
    GraphProto.Builder graph =
        Onnx.chain(1, 2, 100)
            .addOutput(Onnx.value("z", Onnx.FLOAT, -1, 100))
            .addNode(Onnx.node("NobodyKnowsThis", List.of("y"), "z"));
    Onnx.write(graph, model);
    Forge.Result result = pack(options().withSamples(samplesFor(model)));
    assertEquals(List.of(), result.profile().points());
    assertTrue(result.warnings().getFirst().contains("NobodyKnowsThis"));
  }

  @Test
  void aProcessThatIsToldToStop() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            PackAndWait.class.getName(),
            model.toString(),
            target.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      assertEquals('w', process.getInputStream().read(), "it waits in the middle of packing");
      assertEquals(2, Packed.list(target.getParent()).size());
      process.destroy(); // SIGTERM
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertArrayEquals(OLD, Files.readAllBytes(target));
      assertEquals(List.of(target), Packed.list(target.getParent()));
    } finally {
      process.destroyForcibly();
    }
  }

  /** Packs, but stops in the middle and waits to be ended. */
  static final class PackAndWait {

    private PackAndWait() {}

    public static void main(String[] arguments) throws IOException {
      Forge.pack(
          Path.of(arguments[0]),
          Path.of(arguments[1]),
          options(),
          (step, done, total) -> {
            if (step.equals("coding weights")) {
              System.out.print("w");
              System.out.flush();
              LockSupport.park();
            }
          });
    }
  }

  @Test
  void aDiskThatIsFull() throws IOException, InterruptedException {
    model = Onnx.write(Onnx.chain(1, 3, 700), folder.resolve("large.onnx")); // 5.6 MiB
    Path small = Files.createDirectory(folder.resolve("small"));
    mount(small);
    try {
      Path old = small.resolve("model.insitu");
      Files.write(old, OLD);
      for (ForgeOptions options : List.of(options(), options().withWorkDirectory(folder))) {
        IOException e =
            assertThrows(
                IOException.class, () -> Forge.pack(model, old, options, ForgeProgress.NONE));
        assertTrue(e.getMessage().contains("no space left to write " + old), e.getMessage());
        assertTrue(e.getMessage().contains("\nMaybe free"), e.getMessage());
        assertArrayEquals(OLD, Files.readAllBytes(old));
        assertEquals(List.of(old), Packed.list(small));
      }
      IOException e =
          assertThrows(IOException.class, () -> pack(options().withWorkDirectory(small)));
      assertTrue(e.getMessage().contains("bytes are free in " + small), e.getMessage());
      assertEquals(List.of(old), Packed.list(small));
    } finally {
      run("umount", small.toString());
    }
  }

  private static void mount(Path directory) throws IOException, InterruptedException {
    boolean mounted =
        Files.isExecutable(Path.of("/bin/mount"))
            && run("mount", "-t", "tmpfs", "-o", "size=1m", "insitu", directory.toString());
    Assumptions.assumeTrue(mounted, "a small disk can only be made as root on Linux");
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
