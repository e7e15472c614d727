package dev.insitu.link;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A slow link made by the Linux kernel: two network namespaces joined by a pair of virtual Ethernet
 * devices, each shaped by a token bucket ({@code tc tbf}). Server and device have to be processes
 * of their own, started with {@link #startServer} and {@link #startDevice}. Needs root, {@code ip}
 * and {@code tc}. Not thread-safe.
 *
 * <p>Unlike in {@link ShapedLink} the rate is that of whole Ethernet frames, and there is no delay.
 */
public final class KernelLink implements AutoCloseable {
  /** Where the server listens, in its own namespace. */
  public static final String SERVER_ADDRESS = "10.77.0.1";

  private static final String DEVICE_ADDRESS = "10.77.0.2";
  private static final String SERVER_PORT = "eth-server";
  private static final String DEVICE_PORT = "eth-device";
  private static final int TIMEOUT_SECONDS = 10;
  private static final int MAX_OUTPUT_BYTES = 4_096;

  /** Times a second the kernel may refill the bucket, at least. */
  private static final int REFILLS_PER_SECOND = 250;

  private static final long MIN_BURST_BYTES = 16 * 1024;

  private final String name;
  private final String serverSpace;
  private final String deviceSpace;
  private final List<Process> processes = new ArrayList<>();
  private final Thread cleanUp = new Thread(this::remove, "kernel-link-clean-up");

  private KernelLink(String name) {
    this.name = name;
    this.serverSpace = name + "-server";
    this.deviceSpace = name + "-device";
  }

  /** Why kernel links cannot be had here, or nothing if they can. */
  public static Optional<String> unavailable() {
    try {
      open(1_000_000, 1_000_000).close();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Makes a link; {@link #close} or the end of this process removes it.
   *
   * @throws IOException if a command fails; nothing is left behind
   */
  public static KernelLink open(long downBitsPerSecond, long upBitsPerSecond) throws IOException {
    KernelLink link = new KernelLink("insitu-" + UUID.randomUUID().toString().substring(0, 8));
    Runtime.getRuntime().addShutdownHook(link.cleanUp);
    try {
      link.make();
      link.shape(link.serverSpace, SERVER_PORT, "add", downBitsPerSecond);
      link.shape(link.deviceSpace, DEVICE_PORT, "add", upBitsPerSecond);
      return link;
    } catch (IOException e) {
      link.close();
      throw e;
    }
  }

  /** Changes both rates while traffic goes on. */
  public void change(long downBitsPerSecond, long upBitsPerSecond) throws IOException {
    shape(serverSpace, SERVER_PORT, "change", downBitsPerSecond);
    shape(deviceSpace, DEVICE_PORT, "change", upBitsPerSecond);
  }

  /** Starts a process at the server's end; it is killed when the link is closed. */
  public Process startServer(List<String> command) throws IOException {
    return start(serverSpace, command);
  }

  /** Starts a process at the device's end; it is killed when the link is closed. */
  public Process startDevice(List<String> command) throws IOException {
    return start(deviceSpace, command);
  }

  /** Kills the processes and removes the namespaces. */
  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(cleanUp);
    } catch (IllegalStateException e) {
      // This process is ending, and its hook has found nothing left to do.
    }
  }

  /** The link's name; its network namespaces are called so with -server and -device. */
  @Override
  public String toString() {
    return name;
  }

  private Process start(String space, List<String> command) throws IOException {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", space));
    whole.addAll(command);
    Process process =
        new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    return process;
  }

  private void make() throws IOException {
    run("ip", "netns", "add", serverSpace);
    run("ip", "netns", "add", deviceSpace);
    run(
        words(
            String.format(
                "ip link add %s netns %s type veth peer name %s netns %s",
                SERVER_PORT, serverSpace, DEVICE_PORT, deviceSpace)));
    setUp(serverSpace, SERVER_PORT, SERVER_ADDRESS);
    setUp(deviceSpace, DEVICE_PORT, DEVICE_ADDRESS);
  }

  private static void setUp(String space, String port, String address) throws IOException {
    run(words(String.format("ip -n %s addr add %s/24 dev %s", space, address, port)));
    run(words(String.format("ip -n %s link set %s up", space, port)));
    run(words(String.format("ip -n %s link set lo up", space)));
  }

  private void shape(String space, String port, String verb, long bitsPerSecond)
      throws IOException {
    long burst = Math.max(MIN_BURST_BYTES, bitsPerSecond / 8 / REFILLS_PER_SECOND);
    run(
        words(
            String.format(
                "ip netns exec %s tc qdisc %s dev %s root tbf rate %dbit burst %db latency 50ms",
                space, verb, port, bitsPerSecond, burst)));
  }

  private void remove() {
    processes.forEach(Process::destroyForcibly);
    for (String space : List.of(serverSpace, deviceSpace)) {
      try {
        run("ip", "netns", "del", space);
      } catch (IOException e) {
        // It was never made or is gone already.
      }
    }
  }

  private static String[] words(String command) {
    return command.split(" ", -1);
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = process.getInputStream()) {
      byte[] said = output.readNBytes(MAX_OUTPUT_BYTES);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(
            String.format(
                "command failed: %s: %s%nMaybe this is not root, or ip or tc is missing",
                String.join(" ", Arrays.asList(command)),
                new String(said, StandardCharsets.UTF_8).strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("command interrupted: " + String.join(" ", command), e);
    } finally {
      process.destroyForcibly();
    }
  }
}
