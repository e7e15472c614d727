package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.EvictionPolicy.Victim;
import dev.insitu.device.ModelState.Available;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes when room is needed, and what never goes. */
@Timeout(60)
class EvictionTest {

  private static final int N = 64;

  @TempDir Path directory;
  private FaultServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FaultServer();
    for (String name : List.of("a", "b", "c")) {
      server.publish(TestPackage.random(name, "1", 10, N, name.hashCode()));
    }
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** Room for two of the models, each of some 170 kB. */
  private Insitu open() throws IOException {
    return Insitu.open(
        DeviceOptions.builder(directory, server.uri(), Trust.anybody())
            .byteBudget(400_000)
            .build());
  }

  private static ModelState pull(Model model) throws Exception {
    return model.pull().whenDone().get(30, TimeUnit.SECONDS);
  }

  private static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theModelUsedLongestAgoGoesFirst() throws Exception {
    try (Insitu insitu = open()) {
      pull(insitu.model("a"));
      pull(insitu.model("b"));
    }
    try (Insitu insitu = open()) {
      insitu.model("a"); // used later than b now
    }
    try (Insitu insitu = open()) {
      assertInstanceOf(UpToDate.class, pull(insitu.model("c")));
      assertTrue(insitu.usedBytes() <= 400_000);
      assertInstanceOf(Downloaded.class, insitu.model("a").state());
      assertInstanceOf(Available.class, insitu.model("b").state());
    }
  }

  @Test
  void modelsInUseStayAndTheNewOneIsRefused() throws Exception {
    try (Insitu insitu = open()) {
      Model a = insitu.model("a");
      Model b = insitu.model("b");
      pull(a);
      pull(b);
      Failed failed = assertInstanceOf(Failed.class, pull(insitu.model("c")));
      assertEquals(Reason.BUDGET, failed.reason());
      assertTrue(failed.message().contains("[a, b, c]"), failed.message());
      Map<String, Tensor> inputs = Map.of("v0", Tensor.of(new float[N], 1, N));
      a.run(inputs);
      b.run(inputs);
      a.delete();
      assertInstanceOf(UpToDate.class, pull(insitu.model("c")));
    }
  }

  @Test
  void pinnedModelsStay() throws Exception {
    try (Insitu insitu = open()) {
      pull(insitu.model("a"));
      insitu.model("a").pin(true);
      pull(insitu.model("b"));
    }
    try (Insitu insitu = open()) {
      assertInstanceOf(UpToDate.class, pull(insitu.model("c")));
      assertInstanceOf(Downloaded.class, insitu.model("a").state());
      assertInstanceOf(Available.class, insitu.model("b").state());
    }
  }

  @Test
  void theVersionThatServesAndTheOneBeforeNeverGoWhileInUse() {
    ModelRecord model =
        ModelRecord.of("m")
            .with(version("old", 1, false))
            .with(version("before", 2, false))
            .with(version("now", 3, false))
            .withActive(digest("before"))
            .withActive(digest("now"));
    List<ModelRecord> all = List.of(model);
    assertEquals(
        Optional.of(new Victim("m", digest("old"))), EvictionPolicy.next(all, Set.of("m")));
    List<ModelRecord> rest = List.of(model.without(digest("old")));
    assertEquals(Optional.empty(), EvictionPolicy.next(rest, Set.of("m")));
    assertEquals(
        Optional.of(new Victim("m", digest("before"))), EvictionPolicy.next(rest, Set.of()));
  }

  @Test
  void pinnedVersionsNeverGo() {
    ModelRecord model =
        ModelRecord.of("m").with(version("x", 1, true)).with(version("y", 2, false));
    assertEquals(
        Optional.of(new Victim("m", digest("y"))), EvictionPolicy.next(List.of(model), Set.of()));
    assertEquals(
        Optional.empty(), EvictionPolicy.next(List.of(model.without(digest("y"))), Set.of()));
  }

  private static VersionRecord version(String name, long used, boolean pinned) {
    return new VersionRecord(digest(name), name, List.of(), false, true, pinned, used);
  }
}
