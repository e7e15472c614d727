package dev.insitu.device;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.VersionDifference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A package of a chain of matrix products, {@code float[1][n]} in and out, one segment and one raw
 * tensor {@code float[n][n]} for each: small enough to build in a test, real enough to run.
 */
final class TestPackage implements ChunkSource {

  final String name;
  final String version;
  private final int broken;
  final int layers;
  final int n;
  final List<float[]> weights;
  final ManifestCodec.Body body;
  final Manifest manifest;
  final byte[] manifestBytes;
  private final Map<Digest, byte[]> chunks = new HashMap<>();

  private TestPackage(
      String name,
      String version,
      List<float[]> weights,
      int n,
      List<VersionDifference> differences,
      Map<Digest, byte[]> differenceChunks) {
    this(name, version, weights, n, differences, differenceChunks, -1);
  }

  private TestPackage(
      String name,
      String version,
      List<float[]> weights,
      int n,
      List<VersionDifference> differences,
      Map<Digest, byte[]> differenceChunks,
      int broken) {
    this.broken = broken;
    this.name = name;
    this.version = version;
    this.weights = weights;
    this.layers = weights.size();
    this.n = n;
    Manifest made = build(differences);
    this.body = ManifestCodec.body(made);
    this.manifestBytes = ManifestCodec.whole(body);
    this.manifest = body.manifest();
    chunks.putAll(differenceChunks);
  }

  /** A package of random weights. */
  static TestPackage random(String name, String version, int layers, int n, long seed) {
    Random random = new Random(seed);
    List<float[]> weights = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      float[] matrix = new float[n * n];
      for (int i = 0; i < matrix.length; i++) {
        matrix[i] = (float) (random.nextGaussian() / Math.sqrt(n));
      }
      weights.add(matrix);
    }
    return new TestPackage(name, version, weights, n, List.of(), Map.of());
  }

  /** A later version in which some layers are other ones. */
  TestPackage changed(String newVersion, int fromLayer, long seed) {
    List<float[]> next = new ArrayList<>(weights.subList(0, fromLayer));
    next.addAll(random(name, newVersion, layers - fromLayer, n, seed).weights);
    return new TestPackage(name, newVersion, next, n, List.of(), Map.of());
  }

  /** A package one chunk of which has its digest and holds nonsense. */
  TestPackage withBrokenChunk(String newVersion, int broken) {
    return new TestPackage(name, newVersion, weights, n, List.of(), Map.of(), broken);
  }

  /** A package with these weights and differences. */
  TestPackage with(
      String newVersion,
      List<float[]> next,
      List<VersionDifference> differences,
      Map<Digest, byte[]> differenceChunks) {
    return new TestPackage(name, newVersion, next, n, differences, differenceChunks);
  }

  Digest digest() {
    return body.digest();
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    byte[] bytes = chunks.get(digest);
    if (bytes == null) {
      throw new IOException("no chunk " + digest);
    }
    return ByteBuffer.wrap(bytes);
  }

  byte[] chunk(int index) {
    return chunks.get(manifest.chunks().get(index).digest());
  }

  byte[] chunk(Digest digest) {
    return chunks.get(digest);
  }

  /** What the model answers. */
  float[] answer(float[] input) {
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      row[i] = input[i];
    }
    for (float[] matrix : weights) {
      double[] next = new double[n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          next[j] += row[i] * matrix[i * n + j];
        }
      }
      row = next;
    }
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = (float) row[i];
    }
    return out;
  }

  static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private Manifest build(List<VersionDifference> differences) {
    List<TensorSpec> tensors = new ArrayList<>();
    List<SegmentSpec> segments = new ArrayList<>();
    List<ChunkSpec> table = new ArrayList<>();
    MessageDigest reference = Digest.newSha256();
    int block = 0;
    for (int layer = 0; layer < layers; layer++) {
      byte[] values = bytes(weights.get(layer));
      reference.update(values);
      tensors.add(
          new TensorSpec("w" + layer, ElementType.FLOAT32, Coding.RAW, values.length, 0, 0));
      segments.add(
          SegmentSpec.of(
              List.of("v" + layer),
              List.of("v" + (layer + 1)),
              new int[] {layer},
              (long) n * n,
              8L * n,
              TestOnnx.product(layer, layer + 1, n)));
      for (int from = 0; from < values.length; from += 524_288) {
        byte[] some =
            java.util.Arrays.copyOfRange(values, from, Math.min(values.length, from + 524_288));
        byte[] chunk = RawChunk.encode(some, 4);
        if (block == broken) {
          chunk[1] = 77; // no such method
        }
        Digest digest = Digest.sha256(chunk);
        chunks.put(digest, chunk);
        table.add(new ChunkSpec(digest, chunk.length, 0, block, block + 1, 1f));
        block++;
      }
    }
    Header header =
        new Header(
            name,
            version,
            Digest.sha256(version.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            Optional.empty(),
            Digest.of(reference.digest()),
            0,
            false);
    return new Manifest(
        header,
        List.of(value("v0")),
        List.of(value("v" + layers)),
        tensors,
        segments,
        layers == 1 ? ByteBuffer.allocate(0) : ByteBuffer.wrap(TestOnnx.product(0, layers, n)),
        table,
        Optional.empty(),
        differences);
  }

  private ValueSpec value(String valueName) {
    return new ValueSpec(valueName, ElementType.FLOAT32.onnx(), List.of(1L, (long) n), true);
  }
}
