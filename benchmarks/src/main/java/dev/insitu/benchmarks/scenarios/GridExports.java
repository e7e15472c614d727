package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Row;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;

/** Sub-models of a grid as plain ONNX files, written from the library. */
final class GridExports {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int CHECKED = 12;
  private static final double LEAST_MEGABYTES = 200;

  private final Workbench bench;
  private final GridPackage grid;
  private final Depot depot;
  private final SubModelExporter exporter;
  private final Path onnx;

  GridExports(Workbench bench, GridPackage grid, Depot depot) {
    this.bench = bench;
    this.grid = grid;
    this.depot = depot;
    this.exporter = new SubModelExporter(bench.fresh("exporting"));
    this.onnx = bench.fresh("export.onnx");
  }

  /** Writes one. */
  Path export(GridModel model) throws IOException {
    exporter.exportTo(
        onnx, model.chunks().manifest(), depot.library(), model.chunks(), model.depth());
    return onnx;
  }

  /**
   * Whether files answer as devices do that pull the same.
   *
   * @return the largest difference of some sub-models drawn at random, among them the largest
   */
  double check(long seed) throws IOException {
    List<GridModel> drawn = new ArrayList<>(grid.models());
    Collections.shuffle(drawn, new Random(seed));
    drawn.remove(grid.models().getLast());
    drawn.addFirst(grid.models().getLast());
    double worst = 0;
    for (GridModel model : drawn.subList(0, Math.min(CHECKED, drawn.size()))) {
      worst = Math.max(worst, difference(model));
    }
    return worst;
  }

  private double difference(GridModel model) throws IOException {
    List<Map<String, Tensor>> questions = grid.subject().questions();
    Root file = Root.of(export(model), questions);
    try (Device device =
        new Device(
            bench.fresh("device"),
            depot.port(),
            bench.trust(),
            grid.subject().name(),
            Meter.inMemory())) {
      device.pull(model.wishes());
      return file.difference(Answers.of(device.model()::run, questions));
    }
  }

  /** What one pass over the grid writes and takes. */
  private record Pass(long bytes, double seconds, double cpuSeconds, double copySeconds) {}

  /** Each file is new, and copied to another new one right after it was written. */
  private Pass pass() throws IOException {
    Path copy = bench.fresh("copy.onnx");
    long bytes = 0;
    double seconds = 0;
    double cpu = 0;
    double copying = 0;
    for (GridModel model : grid.models()) {
      Files.deleteIfExists(onnx);
      long cpuStart = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      Path file = export(model);
      seconds += Stats.secondsSince(start);
      cpu += (THREADS.getCurrentThreadCpuTime() - cpuStart) * 1e-9;
      bytes += Files.size(file);
      start = System.nanoTime();
      Files.copy(file, copy);
      copying += Stats.secondsSince(start);
      Files.delete(copy);
    }
    return new Pass(bytes, seconds, cpu, copying);
  }

  Row row(int rounds, double difference, GridAnew anew) throws IOException {
    double[] rates = new double[rounds];
    double[] ofCpu = new double[rounds];
    double[] copies = new double[rounds];
    long bytes = 0;
    for (int round = 0; round < rounds; round++) {
      Pass pass = pass();
      bytes = pass.bytes();
      rates[round] = 1e-6 * bytes / pass.seconds();
      ofCpu[round] = 1e-6 * bytes / pass.cpuSeconds();
      copies[round] = 1e-6 * bytes / pass.copySeconds();
    }
    Figure figure = Figure.of("grid/" + grid.subject().name() + "/export", "MB/s", rates);
    return figure
        .bound(Stats.median(copies))
        .peer(OptionalDouble.of(anew.megabytesPerSecond()))
        .with("leastRate", LEAST_MEGABYTES)
        .with("ratePerCpuSecond", Stats.median(ofCpu))
        .with("bytes", bytes)
        .with("differenceFromDevices", difference)
        .row(figure.ours() >= LEAST_MEGABYTES && difference <= Answers.SAME);
  }
}
