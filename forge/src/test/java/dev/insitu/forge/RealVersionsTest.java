package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.model.RealFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What it takes to upgrade from one release of a model to the next, beside other programs. */
class RealVersionsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "silero-vad/2024-06-27.onnx, silero-vad/2024-07-09.onnx",
    "silero-vad/2024-07-09.onnx, silero-vad/2025-08-25.onnx",
    "magika/standard_v3_1.onnx, magika/standard_v3_2.onnx",
  })
  void anUpgradeTakesNoMoreThanOtherProgramsDo(String before, String after)
      throws IOException, InterruptedException {
    Path older = RealFiles.file("models/" + before);
    Path newer = RealFiles.file("models/" + after);
    try (Packed base = Packed.of(older, folder)) {
      ForgeOptions options = ForgeOptions.of("test", "2").withBases(List.of(base.file()));
      try (Packed next = Packed.of(newer, folder, options)) {
        next.check();
        int manifest = ManifestCodec.patch(next.file().body(), base.file().body()).length;
        long difference =
            next.manifest().differences().stream()
                .mapToLong(VersionDifference::bytes)
                .min()
                .orElse(Long.MAX_VALUE);
        long ours = manifest + Math.min(difference, missing(next, base));
        OptionalLong zstd = zstd(older, newer);
        OptionalLong bsdiff = bsdiff(older, newer);
        System.out.printf(
            "UPGRADE %s: %,d bytes, %,d of them manifest; zstd --patch-from %s, bsdiff %s%n",
            after, ours, manifest, zstd, bsdiff);
        assertTrue(ours <= Math.min(zstd.orElse(Long.MAX_VALUE), bsdiff.orElse(Long.MAX_VALUE)));
      }
    }
  }

  private static long missing(Packed next, Packed base) {
    Set<Digest> known = new HashSet<>(base.digests());
    return next.manifest().chunks().stream()
        .filter(chunk -> known.add(chunk.digest()))
        .mapToLong(ChunkSpec::size)
        .sum();
  }

  private OptionalLong zstd(Path older, Path newer) throws IOException, InterruptedException {
    Path patch = folder.resolve("patch.zst");
    return run(patch, "zstd", "-q", "-19", "--patch-from=" + older, newer, "-o", patch);
  }

  /** With {@code -Dslow=true}. */
  private OptionalLong bsdiff(Path older, Path newer) throws IOException, InterruptedException {
    if (!Boolean.getBoolean("slow")) {
      return OptionalLong.empty();
    }
    Path patch = folder.resolve("patch.bs");
    return run(patch, "bsdiff", older, newer, patch);
  }

  /** The size of the patch; empty where the program is not installed. */
  private static OptionalLong run(Path patch, Object... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      assertTrue(process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Files.size(patch));
  }
}
