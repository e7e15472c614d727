package dev.insitu.benchmarks.scenarios;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What other programs need to make the new file of the old one.
 *
 * @param zstd bytes of {@code zstd --patch-from -19 --long=31}; empty if it is not installed
 * @param bsdiff bytes of {@code bsdiff}; empty if it is not installed
 */
record FilePatches(OptionalLong zstd, OptionalLong bsdiff) {

  static FilePatches of(Workbench bench, Path from, Path to)
      throws IOException, InterruptedException {
    return new FilePatches(zstd(bench, from, to), bsdiff(bench, from, to));
  }

  private static OptionalLong zstd(Workbench bench, Path from, Path to)
      throws IOException, InterruptedException {
    Path out = bench.fresh("patch.zst");
    return size(
        out,
        List.of(
            "zstd",
            "--quiet",
            "--patch-from=" + from,
            "-19",
            "--long=31",
            to.toString(),
            "-o",
            out.toString()));
  }

  private static OptionalLong bsdiff(Workbench bench, Path from, Path to)
      throws IOException, InterruptedException {
    Path out = bench.fresh("patch.bsdiff");
    return size(out, List.of("bsdiff", from.toString(), to.toString(), out.toString()));
  }

  private static OptionalLong size(Path out, List<String> command)
      throws IOException, InterruptedException {
    if (!Commands.has(command.getFirst())) {
      return OptionalLong.empty();
    }
    Commands.run(command);
    return OptionalLong.of(Files.size(out));
  }

  /** The smaller of those there are. */
  OptionalLong better() {
    return Stream.of(zstd, bsdiff)
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min();
  }
}
