package dev.insitu.cli;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.library.Library;
import dev.insitu.link.LinkProfile;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code insitu demo}: the whole way of a model, from packing to a swap under load, on this machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Packs a small trained model (or yours), serves it, lets devices pull it over three links, upgrades it and swaps it under load.",
      "The exit status says whether everything it claims was seen."
    },
    footerHeading = "%nExample:%n",
    footer = {"  insitu demo", "  insitu demo --model resnet.onnx"})
final class DemoCommand implements Callable<Integer> {

  /** Seconds that the whole package takes on the three links. */
  private static final double[] LINK_SECONDS = {12, 4, 1};

  private static final Duration[] DELAYS = {Duration.ofMillis(40), Duration.ofMillis(20), Duration.ofMillis(5)};
  private static final String TOKEN = "only-for-this-demo";

  @Mixin private Console console;

  @Option(names = "--model", paramLabel = "MODEL.onnx", description = "Your model, with generated inputs: agreement is shown instead of accuracy.")
  private @Nullable Path model;

  private final DemoChecks checks = new DemoChecks();

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("insitu-demo");
    try {
      return run(directory);
    } finally {
      deleteAll(directory);
    }
  }

  private int run(Path directory) throws Exception {
    long began = System.nanoTime();
    DemoMaterial material = DemoMaterial.of(model, directory);
    KeyPair keys = newKeys();
    Trust trust = Trust.keys(List.of(dev.insitu.elastic.Signatures.Key.of(keys.getPublic())));
    ForgeOptions options =
        ForgeOptions.of(material.name(), "1").withSamples(material.samples()).withSigner(digest -> dev.insitu.elastic.Signatures.sign(digest, keys.getPrivate(), keys.getPublic()));
    Path first = directory.resolve("1.insitu");
    Forge.Result packed;
    try (ProgressBar bar = new ProgressBar(console.err())) {
      packed = Forge.pack(material.onnx(), first, options, bar::show);
    }
    long rootBytes = Files.size(material.onnx());
    console.print("Packed %s: %s of ONNX became %s with every sub-model inside.", material.name(), Sizes.format(rootBytes), Sizes.format(Files.size(first)));
    console.print("");
    console.print("%s", ProfileTable.text(packed.profile()));
    Path libraryDirectory = directory.resolve("library");
    publish(libraryDirectory, first, trust);
    try (InsituServer server = InsituServer.start(ServerOptions.of(libraryDirectory).withPort(0).withTrust(trust).withToken(TOKEN))) {
      List<Map<String, Object>> devices = pull(server.port(), directory, trust, material, Files.size(first), rootBytes);
      Map<String, Object> upgrade = upgrade(server.port(), directory, trust, material, packed);
      Map<String, Object> swap = swap(server.port(), directory, trust, material, options, first);
      report(began, packed, devices, upgrade, swap);
    }
    return checks.allHeld() ? 0 : 1;
  }

  private static KeyPair newKeys() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has Ed25519", e);
    }
  }

  private static void publish(Path library, Path file, Trust trust) throws IOException {
    try (Library opened = Library.open(library);
        PackageFile pack = PackageFile.open(file, trust)) {
      opened.publish(pack);
    }
  }

  private List<Map<String, Object>> pull(int port, Path directory, Trust trust, DemoMaterial material, long packageBytes, long rootBytes)
      throws Exception {
    console.print("");
    console.print("Three devices pull it; each answers a quiz while its model arrives.");
    warmUp(port, directory, trust, material);
    List<DemoDevice> devices = new ArrayList<>();
    List<Map<String, Object>> rows = new ArrayList<>();
    try {
      for (int i = 0; i < LINK_SECONDS.length; i++) {
        long rate = (long) (packageBytes * 8 / LINK_SECONDS[i]);
        LinkProfile shape = LinkProfile.constant(rate, DELAYS[i]);
        devices.add(
            new DemoDevice(rate(rate), shape, shape, port, directory.resolve("device-" + i), trust, material.name(), material.quiz()));
      }
      if (!console.json()) {
        new DemoScreen(console.out()).watch(devices, material.quiz().measure());
      }
      for (int i = 0; i < devices.size(); i++) {
        DemoDevice device = devices.get(i);
        device.await();
        rows.add(row(device, rootBytes * 8 / (packageBytes * 8 / LINK_SECONDS[i])));
        checks.check(
            device.label() + ": first answer within a third of the time the ONNX file would take, plus half a second",
            device.seen().firstAnswer().orElse(Double.MAX_VALUE) <= ((double) rows.getLast().get("onnxFileSeconds")) / 3 + 0.5,
            String.format(Locale.ROOT, "%.2f s of %.2f s", device.seen().firstAnswer().orElse(Double.NaN), (double) rows.getLast().get("onnxFileSeconds")));
        checks.check(device.label() + ": ends with the root model's answers", material.quiz().isRoot(device.model()::run), "all answers");
      }
    } finally {
      for (DemoDevice device : devices) {
        device.close();
      }
    }
    return rows;
  }

  /** A first device on loopback, so that the three start with code that has run before. */
  private static void warmUp(int port, Path directory, Trust trust, DemoMaterial material) throws IOException {
    try (Insitu insitu = Insitu.open(directory.resolve("warm-up"), URI.create("http://127.0.0.1:" + port), trust)) {
      Model pulled = insitu.model(material.name()).pull();
      Pulls.await(pulled);
      material.quiz().score(pulled::run);
    }
  }

  private static String rate(long bitsPerSecond) {
    return bitsPerSecond < 1_000_000
        ? String.format(Locale.ROOT, "%d kbit/s", Math.round(bitsPerSecond / 1e3))
        : String.format(Locale.ROOT, "%.1f Mbit/s", bitsPerSecond / 1e6);
  }

  private static Map<String, Object> row(DemoDevice device, double onnxSeconds) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("link", device.label());
    row.put("firstAnswerSeconds", device.seen().firstAnswer().orElse(Double.NaN));
    row.put("firstScore", device.seen().firstScore().orElse(Double.NaN));
    row.put("completeSeconds", device.seen().complete().orElse(Double.NaN));
    row.put("finalScore", device.seen().score().orElse(Double.NaN));
    row.put("bytes", device.progress().totalBytes());
    row.put("onnxFileSeconds", onnxSeconds);
    return row;
  }

  /** A device with a small sub-model asks for all of it. */
  private Map<String, Object> upgrade(int port, Path directory, Trust trust, DemoMaterial material, Forge.Result packed) throws Exception {
    Manifest manifest = packed.manifest();
    try (Insitu insitu = Insitu.open(DeviceOptions.builder(directory.resolve("upgraded"), URI.create("http://127.0.0.1:" + port), trust).build())) {
      Wishes small = Wishes.everything().withBits(4);
      Model pulled = insitu.model(material.name()).pull(small);
      Pulls.await(pulled);
      double before = material.quiz().score(pulled::run);
      SubModel held = new PlanMaker(manifest, packed.digest(), packed.profile(), new LocalPlans.NoOtherVersions(packed.manifestBytes())).choose(small);
      long missing = SubModel.whole(manifest).missingFrom(held).mapToLong(i -> manifest.chunks().get(i).size()).sum();
      pulled.pull(Wishes.everything());
      Pulls.await(pulled);
      long fetched = pulled.progress().totalBytes();
      double after = material.quiz().score(pulled::run);
      checks.check("an upgrade costs exactly the missing chunks", fetched == missing, fetched + " of " + missing + " bytes");
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("heldBytes", held.bytes());
      row.put("fetchedBytes", fetched);
      row.put("scoreBefore", before);
      row.put("scoreAfter", after);
      return row;
    }
  }

  /** A second version is published while a device keeps answering. */
  private Map<String, Object> swap(int port, Path directory, Trust trust, DemoMaterial material, ForgeOptions options, Path first) throws Exception {
    Path onnx = directory.resolve("second.onnx");
    Path second = directory.resolve("2.insitu");
    try (PackageFile base = PackageFile.open(first, trust)) {
      SubModel changed = withoutLastDistances(base.manifest());
      new SubModelExporter(directory.resolve("exports")).exportTo(onnx, base.manifest(), base, changed);
      ForgeOptions next =
          new ForgeOptions(
              options.name(), "2", java.util.Optional.empty(), options.maxSegments(), List.of(base), options.signer(), options.workDirectory());
      Forge.pack(onnx, second, next, dev.insitu.forge.ForgeProgress.NONE);
    }
    try (Insitu insitu = Insitu.open(DeviceOptions.builder(directory.resolve("swapped"), URI.create("http://127.0.0.1:" + port), trust).build())) {
      Model running = insitu.model(material.name()).pull(Wishes.everything());
      Pulls.await(running);
      push(port, second);
      DemoSwap.Result result = new DemoSwap(running, material.quiz()).run();
      checks.check("a new version is swapped in under load", result.swapped(), "version " + running.version().orElse("?"));
      checks.check("no request fails during the swap", result.failures() == 0, result.failures() + " of " + result.answers());
      checks.check("every answer is one of the two versions'", result.wrong() == 0, result.wrong() + " of " + result.answers());
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("answers", result.answers());
      row.put("failures", result.failures());
      row.put("updateBytes", result.bytes());
      row.put("packageBytes", Files.size(second));
      return row;
    }
  }

  /** A second version of any model: the last quarter of its weights as all planes give them, the others exactly as they were. */
  private static SubModel withoutLastDistances(Manifest manifest) {
    int[] lossless = manifest.lattice().chunksOf(manifest.losslessGroup());
    BitSet kept = new BitSet();
    kept.set(0, manifest.chunks().size());
    for (int i = lossless.length * 3 / 4; i < lossless.length; i++) {
      kept.clear(lossless[i]);
    }
    return SubModel.usableOf(manifest, kept);
  }

  private static void push(int port, Path file) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/models"))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(HttpRequest.BodyPublishers.ofFile(file))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new CliException("The server refused the second version: " + answer.body());
      }
    }
  }

  private void report(long began, Forge.Result packed, List<Map<String, Object>> devices, Map<String, Object> upgrade, Map<String, Object> swap) {
    double seconds = (System.nanoTime() - began) * 1e-9;
    if (console.json()) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("model", packed.manifest().name());
      all.put("profile", ProfileTable.json(packed.profile()));
      all.put("devices", devices);
      all.put("upgrade", upgrade);
      all.put("swap", swap);
      all.put("checks", checks.results());
      all.put("seconds", seconds);
      all.put("ok", checks.allHeld());
      console.printJson(all);
      return;
    }
    console.print("");
    console.print("%-12s  %13s  %8s  %10s  %8s  %22s", "link", "first answer", "then", "complete", "then", "ONNX file alone takes");
    for (Map<String, Object> row : devices) {
      console.print(
          "%-12s  %11.2f s  %6.1f %%  %8.1f s  %6.1f %%  %20.1f s", row.get("link"), row.get("firstAnswerSeconds"), 100 * (double) row.get("firstScore"),
          row.get("completeSeconds"), 100 * (double) row.get("finalScore"), row.get("onnxFileSeconds"));
    }
    console.print("");
    console.print(
        "Upgrade from 4 bits to the whole: %s fetched on top of %s held; %.1f %% became %.1f %%.", Sizes.format((long) upgrade.get("fetchedBytes")),
        Sizes.format((long) upgrade.get("heldBytes")), 100 * (double) upgrade.get("scoreBefore"), 100 * (double) upgrade.get("scoreAfter"));
    console.print(
        "Swap under load: %d answers, %d failures; the new version cost %s of %s.", swap.get("answers"), swap.get("failures"),
        Sizes.format((long) swap.get("updateBytes")), Sizes.format((long) swap.get("packageBytes")));
    console.print("");
    for (Map<String, Object> check : checks.results()) {
      console.print("%s %s (%s)", (Boolean) check.get("held") ? "✓" : "✗", check.get("claim"), check.get("figure"));
    }
    console.print("%s in %.1f s.", checks.allHeld() ? "All held" : "Not all held", seconds);
  }

  private static void deleteAll(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
