package dev.insitu.cli;

import dev.insitu.planner.ServerSide;
import dev.insitu.runtime.OnnxEnvironment;
import dev.insitu.runtime.SpeedTest;
import dev.insitu.server.ServerOptions;
import dev.insitu.server.inference.InferenceOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server computes. */
final class InferenceOptionsMixin {

  private static final double OVERHEAD_SECONDS = 0.001; // of a request, beside the round trip

  @Option(names = "--no-inference", description = "Compute nothing, only deliver.")
  private boolean off;

  @Option(
      names = "--inference-memory",
      paramLabel = "SIZE",
      description =
          "Most memory for models kept open, as in 4G (default: a quarter of the machine's).")
  private @Nullable String memory;

  @Option(
      names = "--inference-body",
      paramLabel = "SIZE",
      description =
          "Most bytes of a request, and of the values of an answer, as in 100M (default: 32MiB).")
  private @Nullable String body;

  @Option(
      names = "--inference-batch",
      paramLabel = "SAMPLES",
      defaultValue = "" + InferenceOptions.DEFAULT_MAX_BATCH,
      description = "Most samples computed together (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--inference-wait",
      paramLabel = "MILLISECONDS",
      defaultValue = "2",
      description = "How long a request may wait for others (default: ${DEFAULT-VALUE}).")
  private double wait;

  @Option(
      names = "--inference-bits",
      paramLabel = "BITS",
      description = "Bits per weight to compute with; all of the package unless said.")
  private @Nullable Double bits;

  @Option(
      names = "--inference-macs",
      paramLabel = "MAC/S",
      description =
          "What plans assume that the server computes for a device, as in 100G (default: measured at the start); 0: no plan leaves it anything.")
  private @Nullable String macs;

  /** Threads that wait actively would take the processors from the server's connections. */
  void configure() {
    if (!off) {
      OnnxEnvironment.configure(Runtime.getRuntime().availableProcessors(), false);
    }
  }

  ServerOptions apply(ServerOptions options) {
    if (off) {
      return options.withoutInference();
    }
    if (Double.isNaN(wait)) {
      throw new CliException("--inference-wait is no number of milliseconds.");
    }
    InferenceOptions inference =
        InferenceOptions.defaults().withBatches(batch, Duration.ofNanos((long) (wait * 1e6)));
    if (memory != null) {
      inference = inference.withMemoryBytes(Sizes.parse(memory));
    }
    if (body != null) {
      int most = (int) Math.min(Integer.MAX_VALUE, Sizes.parse(body));
      inference = inference.withBodies(most, Math.max(inference.maxBytesAtOnce(), 2L * most));
    }
    double speed = macs == null ? SpeedTest.macsPerSecond() : (double) Sizes.parse(macs);
    ServerSide side = new ServerSide(speed, OVERHEAD_SECONDS);
    return options
        .withPlanning(options.planning().withServer(side))
        .withInference(bits == null ? inference : inference.withBits(bits));
  }
}
