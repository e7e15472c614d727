package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.Manifest.ObjectRef;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A valid package of three tensors, four blocks and six chunks that hostile ones are made from. */
final class SmallPackage {

  static final byte[] PROFILE = "profile".getBytes(StandardCharsets.US_ASCII);

  private SmallPackage() {}

  static Manifest manifest() {
    return new Manifest(
        new Header("small", "1", digest(100), Optional.empty(), digest(101), 2, false),
        List.of(new ValueSpec("x", 1, List.of(-1L, 3L), true)),
        List.of(new ValueSpec("y", 1, List.of(-1L, 10L), true)),
        List.of(
            new TensorSpec("planes", ElementType.FLOAT32, Coding.PLANES, 300_000, 100, 2),
            new TensorSpec("vector", ElementType.FLOAT32, Coding.VECTOR, 1000, 0, 0),
            new TensorSpec("raw", ElementType.INT64, Coding.RAW, 800, 0, 0)),
        List.of(
            SegmentSpec.of(List.of("x"), List.of("h"), new int[] {0}, 9, 9, graph("first")),
            SegmentSpec.of(List.of("h"), List.of("y"), new int[] {1, 2}, 9, 9, graph("second"))),
        ByteBuffer.wrap(graph("both")),
        List.of(
            chunk(0, 0, 0, 2),
            chunk(1, 0, 2, 4),
            chunk(2, 1, 0, 2),
            chunk(3, 2, 0, 1),
            chunk(4, 2, 1, 2),
            chunk(5, 3, 0, 3)),
        Optional.of(new ObjectRef(Digest.sha256(PROFILE), PROFILE.length)),
        List.of());
  }

  private static byte[] graph(String text) {
    return ("graph of the " + text).getBytes(StandardCharsets.US_ASCII);
  }

  private static ChunkSpec chunk(int number, int group, int first, int end) {
    byte[] content = content(number);
    return new ChunkSpec(
        Digest.sha256(content), content.length, group, first, end, 1f / (1 + number));
  }

  /** The bytes of a chunk: no coded weights, but what its digest says. */
  static byte[] content(int number) {
    return ("content of chunk " + number).getBytes(StandardCharsets.US_ASCII);
  }

  static Digest digest(int number) {
    return Digest.sha256(new byte[] {(byte) number});
  }
}
