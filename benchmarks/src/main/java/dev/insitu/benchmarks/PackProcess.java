package dev.insitu.benchmarks;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Packs one model and prints what that took: peak KiB, weight bytes, processor and wall seconds,
 * whether it came back right. Linux only.
 */
final class PackProcess {

  private static final double NANOS = Duration.ofSeconds(1).toNanos();

  private PackProcess() {}

  /** Arguments: model, package, whether to rebuild the package and compare. */
  public static void main(String[] arguments) throws IOException {
    Path model = Path.of(arguments[0]);
    Path target = Path.of(arguments[1]);
    double cpuBefore = cpuSeconds();
    long start = System.nanoTime();
    Forge.Result result =
        Forge.pack(model, target, ForgeOptions.of("model", "1"), ForgeProgress.NONE);
    double wall = (System.nanoTime() - start) / NANOS;
    double cpu = cpuSeconds() - cpuBefore;
    long peak = peakKibibytes();
    long weights = result.manifest().blocks().weightFileBytes();
    boolean right = !Boolean.parseBoolean(arguments[2]) || returns(target);
    System.out.println(peak + " " + weights + " " + cpu + " " + wall + " " + right);
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / NANOS;
  }

  private static long peakKibibytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Whether the whole package gives the reference's digest. */
  private static boolean returns(Path target) throws IOException {
    try (PackageFile file = PackageFile.open(target, Trust.anybody())) {
      Path weights = target.resolveSibling("weights.bin");
      WeightFile.assembleReference(file.manifest(), file, weights);
      Digest digest = WeightFile.digest(file.manifest(), weights);
      return digest.equals(file.manifest().header().reference());
    }
  }
}
