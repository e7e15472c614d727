package dev.insitu.benchmarks.planning;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageWriter;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.WidthTable;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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
  private static final double SMALLER = 1e-3;
  private static final int FIRST_EXIT = 2;
  private static final int EXITS_APART = 3;
  private static final byte[] GRAPH = {1};

  /** The package of a number; the same number makes the same package. */
  public static MadePackage of(long number) {
    return make(number, 1, false);
  }

  /** One of far smaller chunks, which can be written with {@link #write}. */
  public static MadePackage stored(long number) {
    return make(number, SMALLER, true);
  }

  private static MadePackage make(long number, double scale, boolean stored) {
    SplittableRandom random = new SplittableRandom(number);
    int segments = random.nextInt(LEAST_SEGMENTS, MOST_SEGMENTS + 1);
    String name = "made" + number;
    List<ChunkSpec> chunks =
        chunks(name, segments, scale * Math.exp(random.nextDouble(-2, 1)), stored, random);
    List<SegmentSpec> steps = steps(segments, random);
    Manifest manifest = manifest(name, steps, chunks, Optional.empty());
    Profile profile = new MadeProfile(manifest, random).profile();
    if (!stored) {
      Digest digest = Digest.sha256(name.getBytes(StandardCharsets.US_ASCII));
      return new MadePackage(manifest, digest, profile);
    }
    byte[] bytes = ProfileCodec.write(profile);
    ObjectRef named = new ObjectRef(Digest.sha256(bytes), bytes.length);
    Manifest whole = manifest(name, steps, chunks, Optional.of(named));
    return new MadePackage(whole, ManifestCodec.body(whole).digest(), profile);
  }

  /** Writes it, unsigned, with chunks of bytes that mean nothing. */
  public void write(Path target) throws IOException {
    Map<Digest, byte[]> contents = new HashMap<>();
    List<ChunkSpec> chunks = manifest.chunks();
    for (int i = 0; i < chunks.size(); i++) {
      contents.put(chunks.get(i).digest(), content(manifest.name(), i, chunks.get(i).size()));
    }
    PackageWriter.write(
        target,
        ManifestCodec.whole(ManifestCodec.body(manifest)),
        List.of(),
        ProfileCodec.write(profile),
        (chunk, size) -> ByteBuffer.wrap(contents.getOrDefault(chunk, new byte[0])));
  }

  private static byte[] content(String name, int chunk, int size) {
    byte[] bytes = new byte[size];
    new Random(31L * name.hashCode() + chunk).nextBytes(bytes);
    return bytes;
  }

  private static List<SegmentSpec> steps(int segments, SplittableRandom random) {
    List<SegmentSpec> steps = new ArrayList<>();
    for (int i = 0; i < segments; i++) {
      steps.add(
          SegmentSpec.of(
              List.of(i == 0 ? "x" : "h" + i),
              List.of(i == segments - 1 ? "y" : "h" + (i + 1)),
              new int[] {i},
              random.nextLong(5_000_000, 50_000_000),
              random.nextLong(100_000, 2_000_000),
              GRAPH));
    }
    return steps;
  }

  private static Manifest manifest(
      String name, List<SegmentSpec> steps, List<ChunkSpec> chunks, Optional<ObjectRef> profile) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      tensors.add(
          new TensorSpec(
              "t" + i, ElementType.FLOAT32, Coding.PLANES, (long) BLOCKS * BLOCK, ROW, LEVELS));
    }
    List<ExitSpec> exits = new ArrayList<>();
    for (int after = FIRST_EXIT; after < steps.size() - 2; after += EXITS_APART) {
      exits.add(new ExitSpec(after, head(after)));
    }
    Digest digest = Digest.sha256(GRAPH);
    return new Manifest(
        new Header(name, "1", digest, Optional.empty(), digest, LEVELS, false),
        List.of(new ValueSpec("x", 1, List.of(1L, 3L), true)),
        List.of(new ValueSpec("y", 1, List.of(1L, 10L), true)),
        tensors,
        steps,
        exits,
        ByteBuffer.wrap(GRAPH),
        WidthTable.NONE,
        chunks,
        profile,
        List.of());
  }

  private static SegmentSpec head(int after) {
    return SegmentSpec.of(
        List.of("h" + (after + 1)), List.of("exit" + after), new int[0], 1_000, 1_000, GRAPH);
  }

  private static List<ChunkSpec> chunks(
      String name, int segments, double scale, boolean stored, SplittableRandom random) {
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int group = 0; group <= LEVELS + 1; group++) {
      int size = group == 0 ? 48_000 : group > LEVELS ? 300_000 : 32_000;
      for (int block = 0; block < segments * BLOCKS; block++) {
        int number = chunks.size();
        int bytes = (int) (scale * size * random.nextDouble(0.7, 1.3));
        Digest digest =
            Digest.sha256(
                stored
                    ? content(name, number, bytes)
                    : (name + " " + number).getBytes(StandardCharsets.US_ASCII));
        chunks.add(new ChunkSpec(digest, bytes, group, block, block + 1, 1f / (1 + number)));
      }
    }
    return chunks;
  }
}
