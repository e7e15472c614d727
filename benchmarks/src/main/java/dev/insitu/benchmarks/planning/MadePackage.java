package dev.insitu.benchmarks.planning;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.WidthTable;
import dev.insitu.elastic.plan.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A package of a made model, as far as plans need it: what it consists of and what was measured of
 * it, without the chunks' bytes.
 *
 * @param manifest of segments with a tensor each, in planes, with exits
 * @param digest of it
 * @param profile accuracies that rise with the bytes: of the whole, its exits and its cuts
 */
public record MadePackage(Manifest manifest, Digest digest, Profile profile) {

  private static final int LEAST_SEGMENTS = 9;
  private static final int MOST_SEGMENTS = 14;
  private static final int LEVELS = 4;
  private static final int BLOCKS = 4;
  private static final int BLOCK = 1 << 18; // weights of a block with rows of 64
  private static final int ROW = 64;

  /** The package of a number; the same number makes the same package. */
  public static MadePackage of(long number) {
    SplittableRandom random = new SplittableRandom(number);
    int segments = random.nextInt(LEAST_SEGMENTS, MOST_SEGMENTS + 1);
    double scale = Math.exp(random.nextDouble(-2, 1));
    Manifest manifest = manifest("made" + number, segments, scale, random);
    Digest digest = Digest.sha256(("made " + number).getBytes(StandardCharsets.US_ASCII));
    return new MadePackage(manifest, digest, new MadeProfile(manifest, random).profile());
  }

  private static Manifest manifest(
      String name, int segments, double scale, SplittableRandom random) {
    List<TensorSpec> tensors = new ArrayList<>();
    List<SegmentSpec> steps = new ArrayList<>();
    byte[] graph = {1};
    for (int i = 0; i < segments; i++) {
      tensors.add(
          new TensorSpec(
              "t" + i, ElementType.FLOAT32, Coding.PLANES, (long) BLOCKS * BLOCK, ROW, LEVELS));
      steps.add(
          SegmentSpec.of(
              List.of(i == 0 ? "x" : "h" + i),
              List.of(i == segments - 1 ? "y" : "h" + (i + 1)),
              new int[] {i},
              random.nextLong(5_000_000, 50_000_000),
              random.nextLong(100_000, 2_000_000),
              graph));
    }
    List<ExitSpec> exits = new ArrayList<>();
    for (int after = 2 + random.nextInt(2); after < segments - 2; after += 3) {
      exits.add(new ExitSpec(after, head(after, graph)));
    }
    Digest digest = Digest.sha256(graph);
    return new Manifest(
        new Header(name, "1", digest, Optional.empty(), digest, LEVELS, false),
        List.of(new ValueSpec("x", 1, List.of(1L, 3L), true)),
        List.of(new ValueSpec("y", 1, List.of(1L, 10L), true)),
        tensors,
        steps,
        exits,
        ByteBuffer.wrap(graph),
        WidthTable.NONE,
        chunks(name, segments, scale, random),
        Optional.empty(),
        List.of());
  }

  private static SegmentSpec head(int after, byte[] graph) {
    return SegmentSpec.of(
        List.of("h" + (after + 1)), List.of("exit" + after), new int[0], 1_000, 1_000, graph);
  }

  private static List<ChunkSpec> chunks(
      String name, int segments, double scale, SplittableRandom random) {
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int group = 0; group <= LEVELS + 1; group++) {
      int size = group == 0 ? 48_000 : group > LEVELS ? 300_000 : 32_000;
      for (int block = 0; block < segments * BLOCKS; block++) {
        int number = chunks.size();
        Digest digest =
            Digest.sha256((name + " " + number).getBytes(StandardCharsets.US_ASCII));
        int bytes = (int) (scale * size * random.nextDouble(0.7, 1.3));
        chunks.add(new ChunkSpec(digest, bytes, group, block, block + 1, 1f / (1 + number)));
      }
    }
    return chunks;
  }
}
