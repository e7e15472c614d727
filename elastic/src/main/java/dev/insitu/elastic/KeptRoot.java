package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * The model that a re-trained family comes from, against the family (format, section 7).
 *
 * @param reference SHA-256 of all tensors' bytes in the root, in the order of tensors; those that
 *     the root lacks as the family has them
 * @param graph the whole model as one graph, with the small values that graphs hold; see {@link
 *     #graph(Manifest, ChunkSource)}
 * @param chunks give the root's values from the family's reference values, in block order; blocks
 *     that none covers are the same in both
 */
public record KeptRoot(Digest reference, ObjectRef graph, List<DifferenceChunk> chunks) {

  public KeptRoot {
    Objects.requireNonNull(reference);
    if (graph.size() > ChunkSpec.MAX_BYTES) {
      throw ElasticException.limit(
          "The kept root's graph has "
              + graph.size()
              + " bytes; at most "
              + ChunkSpec.MAX_BYTES
              + " are allowed.");
    }
    chunks = List.copyOf(chunks);
  }

  /** Bytes of all that is kept. */
  public long bytes() {
    return graph.size() + chunks.stream().mapToLong(DifferenceChunk::size).sum();
  }

  /**
   * A root's graph as packages hold it.
   *
   * @param root the whole root as one graph, its weights where the family's graph has them
   * @param family the family's manifest
   */
  public static byte[] encodeGraph(byte[] root, Manifest family) {
    return PatchFrame.compress("kept root's graph", root, bytes(family.whole().fusedGraph()));
  }

  /**
   * The whole root as one graph without weights.
   *
   * @param manifest whose kept root this is
   * @param source holds the package's chunks
   * @throws ElasticException CORRUPT or LIMIT
   */
  public byte[] graph(Manifest manifest, ChunkSource source) throws IOException {
    ByteBuffer frame = source.read(graph.digest(), graph.size());
    long length = ZstdFrame.contentSize(frame, ManifestCodec.MAX_BODY);
    int expected = (int) Math.max(0, Math.min(length, Integer.MAX_VALUE));
    byte[] family = bytes(manifest.whole().fusedGraph());
    return PatchFrame.expand("kept root's graph", frame, expected, family);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
