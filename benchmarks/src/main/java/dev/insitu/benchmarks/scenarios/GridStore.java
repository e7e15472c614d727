package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalDouble;

/** What a library takes for a grid, on disk. */
final class GridStore {

  private static final double MOST_RATIO = 1.02;

  private GridStore() {}

  /** The library beside the package; the peer keeps every sub-model as an ONNX file, zstd -19. */
  static Row row(GridPackage grid, Depot depot, GridAnew anew) throws IOException {
    long bytes = depot.bytesOnDisk();
    long file = Files.size(grid.file());
    long apart = grid.models().stream().mapToLong(model -> model.chunks().bytes()).sum();
    return Figure.of("grid/" + grid.subject().name() + "/stored", "bytes", bytes)
        .bound(file)
        .peer(OptionalDouble.of((double) anew.zstdBytes()))
        .with("subModels", grid.models().size())
        .with("mostRatio", MOST_RATIO)
        .with("onnxFilesBytes", anew.storedBytes())
        .with("chunksOfEachBytes", apart)
        .with("packSecondsEach", anew.seconds() / anew.packs())
        .row(bytes <= MOST_RATIO * file);
  }
}
