package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Signatures.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The device's process is killed while it fetches: the next one goes on where it was. */
@Timeout(120)
class KillTest {

  private static final TestPackage PACKAGE = TestPackage.random("chain", "1.0", 44, 256, 3);

  @TempDir Path directory;
  private Path meter;

  @BeforeEach
  void start() {
    meter = directory.resolve("meter");
  }

  @Test
  void killsAndRestartsCostNextToNothing() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    long total = PACKAGE.manifestBytes.length + PACKAGE.manifest.chunkBytes();
    assertTrue(total > 10_000_000);
    long read = 0;
    long lastRead;
    try (FaultServer server = new FaultServer()) {
      server.publish(PACKAGE);
      server.rate = 5_000_000;
      for (int kill = 0; kill < 4; kill++) {
        long until = 200_000L + random.nextInt(2_000_000);
        Files.deleteIfExists(meter);
        Process process = PullMain.start(directory.resolve("device"), server.uri(), "chain", meter);
        Eventually.until(() -> MeteredTransport.read(meter) >= until || !process.isAlive());
        assertTrue(process.isAlive(), () -> PullMain.output(process) + ", seed " + seed);
        process.destroyForcibly().waitFor();
        read += MeteredTransport.read(meter);
        if (kill == 1) {
          server.restart();
        }
      }
      try (Insitu insitu =
          Insitu.open(directory.resolve("device"), server.uri(), Trust.anybody())) {
        Model model = insitu.model("chain").pull();
        ModelState state = model.whenDone().get(60, TimeUnit.SECONDS);
        assertTrue(
            state instanceof ModelState.UpToDate || state instanceof ModelState.Downloaded,
            () -> state + ", seed " + seed);
        assertEquals(0, model.counters().lost(), "seed " + seed);
        lastRead = model.counters().received();
      }
    }
    double ratio = (double) (read + lastRead) / total;
    System.out.println("figure: content bytes read / package, 4 kills and a restart: " + ratio);
    assertTrue(ratio <= 1.005, "ratio " + ratio + ", seed " + seed);
  }

  @Test
  void aProcessThatWasKilledLeavesADirectoryThatCanBeOpened() throws Exception {
    try (FaultServer server = new FaultServer()) {
      server.publish(PACKAGE);
      server.rate = 5_000_000;
      Process process = PullMain.start(directory.resolve("device"), server.uri(), "chain", meter);
      Eventually.until(() -> server.bodyBytes() > 1_000_000);
      process.destroyForcibly().waitFor();
      server.rate = 0;
      try (Insitu insitu =
          Insitu.open(directory.resolve("device"), server.uri(), Trust.anybody())) {
        Model model = insitu.model("chain");
        assertInstanceOf(ModelState.Available.class, model.state());
        assertInstanceOf(
            ModelState.Downloaded.class, model.pull().whenDone().get(60, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void anotherProcessCannotHaveTheDirectory() throws Exception {
    try (FaultServer server = new FaultServer();
        Insitu insitu = Insitu.open(directory.resolve("device"), server.uri(), Trust.anybody())) {
      assertTrue(insitu.models().isEmpty());
      Process process = PullMain.start(directory.resolve("device"), server.uri(), "chain", meter);
      String output = PullMain.output(process);
      assertTrue(output.contains(directory + "/device is in use by another process"), output);
      assertNotEquals(0, process.waitFor());
    }
  }
}
