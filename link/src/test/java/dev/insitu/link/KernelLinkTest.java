package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the emulated link against one shaped by the kernel. */
@Timeout(60)
class KernelLinkTest {
  private static final String PORT = "8000";

  /** Of a full Ethernet frame, 14 bytes of header and 1,500 of packet, TCP's payload. */
  private static final double PAYLOAD_SHARE = 1448.0 / 1514.0;

  /** Both sides are exact on an idle machine; tests may share theirs. */
  private static final double TOLERANCE = 0.1;

  /** Links carry no more than their rate, so the most of a few attempts is nearest to it. */
  private static final int ATTEMPTS = 4;

  @BeforeAll
  static void needsNamespaces() {
    Optional<String> reason = KernelLink.unavailable();
    assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.orElse(""));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 20, 100})
  void carriesWhatTheEmulationCarries(int megabits) throws Exception {
    long count = megabits * 125_000L;
    double kernel = 0;
    double emulated = 0;
    boolean near = false;
    for (int i = 0; i < ATTEMPTS && !near; i++) {
      kernel = Math.max(kernel, kernelGoodput(megabits * 1_000_000L, count));
      emulated =
          Math.max(emulated, emulatedGoodput(Math.round(megabits * 1e6 * PAYLOAD_SHARE), count));
      near = Math.abs(emulated / kernel - 1) < TOLERANCE / 2;
    }
    System.out.printf(
        Locale.ROOT,
        "%d Mbit/s on the wire: kernel %.3f, emulation %.3f, ratio %.4f%n",
        megabits,
        kernel,
        emulated,
        emulated / kernel);
    assertEquals(1, emulated / kernel, TOLERANCE);
  }

  @Test
  void changesTheRateWhileOpen() throws Exception {
    try (KernelLink link = KernelLink.open(20_000_000, 20_000_000)) {
      startServer(link);
      double before = goodput(link, 1_000_000);
      link.change(5_000_000, 5_000_000);
      double after = goodput(link, 500_000);
      assertTrue(after < 5.0 && before > 5.0, () -> before + " then " + after);
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    Process process;
    String name;
    try (KernelLink link = KernelLink.open(1_000_000, 1_000_000)) {
      name = link.toString();
      assertTrue(namespaces().contains(name + "-server"), name);
      assertTrue(namespaces().contains(name + "-device"), name);
      process = link.startServer(List.of("sleep", "60"));
    }
    assertTrue(process.waitFor(5, TimeUnit.SECONDS));
    assertFalse(namespaces().contains(name), name);
  }

  private static double kernelGoodput(long bitsPerSecond, long count) throws Exception {
    try (KernelLink link = KernelLink.open(bitsPerSecond, bitsPerSecond)) {
      startServer(link);
      return goodput(link, count);
    }
  }

  private static void startServer(KernelLink link) throws IOException {
    Process server = link.startServer(java(PatternServer.class, KernelLink.SERVER_ADDRESS, PORT));
    try (BufferedReader output = server.inputReader()) {
      assertEquals("ready", output.readLine());
    }
  }

  private static double goodput(KernelLink link, long count) throws IOException {
    Process device =
        link.startDevice(
            java(PatternClient.class, KernelLink.SERVER_ADDRESS, PORT, Long.toString(count)));
    try (BufferedReader output = device.inputReader()) {
      return Double.parseDouble(String.valueOf(output.readLine()));
    }
  }

  private static double emulatedGoodput(long bitsPerSecond, long count) throws IOException {
    LinkProfile profile = LinkProfile.constant(bitsPerSecond, Duration.ZERO);
    try (PatternServer server = PatternServer.onLoopback();
        ShapedLink link =
            ShapedLink.to("127.0.0.1", server.port()).down(profile).up(profile).open();
        PatternClient client = new PatternClient(link.address())) {
      return client.megabitsPerSecond(count);
    }
  }

  private static List<String> java(Class<?> main, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String namespaces() throws IOException {
    Process list = new ProcessBuilder("ip", "netns", "list").start();
    try (BufferedReader output = list.inputReader()) {
      return String.join("\n", output.lines().toList());
    }
  }
}
