package dev.insitu.benchmarks.serve;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageWriter;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
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

/**
 * A package of seeded random chunks of one size: nobody who serves chunks looks inside them.
 *
 * @param name of the model
 * @param chunks how many
 * @param chunkBytes bytes of each
 * @param seed of the bytes
 */
record RandomPackage(String name, int chunks, int chunkBytes, long seed) {

  private byte[] bytes(int chunk) {
    byte[] bytes = new byte[chunkBytes];
    new Random(seed * 31 + chunk).nextBytes(bytes);
    return bytes;
  }

  /** Writes the package; every segment has one tensor, every tensor one chunk. */
  void write(Path target) throws IOException {
    List<TensorSpec> tensors = new ArrayList<>();
    List<ChunkSpec> specs = new ArrayList<>();
    Map<Digest, Integer> numbers = new HashMap<>();
    for (int i = 0; i < chunks; i++) {
      tensors.add(new TensorSpec("w" + i, ElementType.FLOAT32, Coding.RAW, 4096, 0, 0));
      Digest digest = Digest.sha256(bytes(i));
      numbers.put(digest, i);
      specs.add(new ChunkSpec(digest, chunkBytes, 0, i, i + 1, 1));
    }
    List<SegmentSpec> segments = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      segments.add(
          SegmentSpec.of(
              List.of("x" + i), List.of("x" + (i + 1)), new int[] {i}, 4096, 64, new byte[] {1}));
    }
    Digest root = Digest.sha256(name.getBytes(StandardCharsets.UTF_8));
    Manifest.Header header = new Manifest.Header(name, "1", root, Optional.empty(), root, 0, false);
    Manifest manifest =
        new Manifest(
            header,
            List.of(new ValueSpec("x0", 1, List.of(), false)),
            List.of(new ValueSpec("x" + chunks, 1, List.of(), false)),
            tensors,
            segments,
            ByteBuffer.wrap(new byte[] {1}),
            specs,
            Optional.empty(),
            List.of());
    PackageWriter.write(
        target,
        ManifestCodec.whole(ManifestCodec.body(manifest)),
        List.of(),
        new byte[0],
        (digest, size) -> ByteBuffer.wrap(bytes(numbers.getOrDefault(digest, 0))));
  }
}
