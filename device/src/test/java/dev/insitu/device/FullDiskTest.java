package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small one in memory, where tests may mount it. */
@Timeout(60)
class FullDiskTest {

  private static final int N = 128;
  private static final TestPackage FIRST = TestPackage.random("chain", "1.0", 6, N, 1);
  private static final TestPackage SECOND = FIRST.changed("1.1", 0, 2);

  @TempDir Path scratch;
  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(scratch.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk.toString()),
        "A disk in memory can be mounted by root only.");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", "-l", disk.toString());
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such command here
    }
  }

  private static void assertAnswers(TestPackage expected, Model model) {
    float[] input = new float[N];
    java.util.Arrays.fill(input, 0.5f);
    float[] got =
        model.run(Map.of("v0", Tensor.of(input, 1, N))).get("v" + expected.layers).floats();
    assertEquals(expected.answer(input)[0], got[0], 1e-3);
  }

  @Test
  void aFullDiskIsSaidAndTheTransferGoesOnWhenThereIsRoom() throws Exception {
    try (FaultServer server = new FaultServer()) {
      server.publish(FIRST);
      DeviceOptions options =
          DeviceOptions.builder(disk, server.uri(), Trust.anybody())
              .retryPolicy(
                  new RetryPolicy(
                      Duration.ofMillis(20), Duration.ofMillis(100), 2, 0, Integer.MAX_VALUE))
              .build();
      try (Insitu insitu = Insitu.open(options)) {
        Model model = insitu.model("chain").pull();
        Eventually.until(() -> model.state() instanceof Failed);
        Failed failed = (Failed) model.state();
        assertEquals(DeviceException.Reason.DISK_FULL, failed.reason());
        assertTrue(failed.message().contains(disk.toString()), failed.message());
        assertTrue(run("mount", "-o", "remount,size=2m", disk.toString()));
        assertInstanceOf(UpToDate.class, model.whenDone().get(30, TimeUnit.SECONDS));
        assertAnswers(FIRST, model);
        server.publish(SECOND);
        assertTrue(run("mount", "-o", "remount,size=1m", disk.toString()));
        model.pull();
        Eventually.until(() -> model.state() instanceof Failed);
        assertAnswers(FIRST, model);
        assertTrue(run("mount", "-o", "remount,size=16m", disk.toString()));
        assertInstanceOf(UpToDate.class, model.whenDone().get(30, TimeUnit.SECONDS));
        assertAnswers(SECOND, model);
      }
    }
  }
}
