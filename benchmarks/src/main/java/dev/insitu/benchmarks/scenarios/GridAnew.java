package dev.insitu.benchmarks.scenarios;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Making sub-models of a grid anew: every depth and width is packed from an ONNX file of its own,
 * and the files of all levels of bits are kept apart.
 *
 * @param packs how many were packed: one for each depth and width
 * @param onnxBytes of what was packed
 * @param seconds that packing took
 * @param storedBytes of all sub-models' ONNX files
 * @param zstdBytes the same after zstd -19, estimated from 1 MiB of a file of each level
 */
record GridAnew(int packs, long onnxBytes, double seconds, long storedBytes, long zstdBytes) {

  private static final int ZSTD_LEVEL = 19;
  private static final int SAMPLE = 1 << 20;

  static GridAnew measure(Workbench bench, GridPackage grid, GridExports exports)
      throws IOException {
    int last = grid.models().getLast().level();
    Map<Integer, Double> ratios = ratios(grid, exports);
    int packs = 0;
    long onnxBytes = 0;
    double seconds = 0;
    long stored = 0;
    double zstd = 0;
    for (GridModel model : grid.models()) {
      Path file = exports.export(model);
      long bytes = Files.size(file);
      stored += bytes;
      zstd += bytes * ratios.getOrDefault(model.level(), 1.0);
      if (model.level() == last) {
        Subject alone = grid.subject().withoutSamples().withOnnx(file);
        long start = System.nanoTime();
        Path made = bench.pack(alone, model.label().replace('.', '_'), List.of());
        seconds += Stats.secondsSince(start);
        Files.delete(made);
        onnxBytes += bytes;
        packs++;
      }
    }
    return new GridAnew(packs, onnxBytes, seconds, stored, Math.round(zstd));
  }

  /** What zstd leaves of a file of each level. */
  private static Map<Integer, Double> ratios(GridPackage grid, GridExports exports)
      throws IOException {
    int deepest = grid.models().getLast().depth();
    Map<Integer, Double> ratios = new LinkedHashMap<>();
    for (GridModel model : grid.models()) {
      if (model.depth() == deepest && !ratios.containsKey(model.level())) {
        byte[] bytes = sample(exports.export(model));
        ratios.put(model.level(), (double) Zstd.compress(bytes, ZSTD_LEVEL).length / bytes.length);
      }
    }
    return ratios;
  }

  /** Bytes out of the middle of a file. */
  private static byte[] sample(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(Math.max(0, (Files.size(file) - SAMPLE) / 2));
      return in.readNBytes(SAMPLE);
    }
  }

  double megabytesPerSecond() {
    return 1e-6 * onnxBytes / seconds;
  }
}
