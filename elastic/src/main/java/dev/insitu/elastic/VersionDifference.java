package dev.insitu.elastic;

import java.util.List;
import java.util.Objects;

/**
 * Chunks that give this version's reference values from an earlier version's (format, section 7).
 *
 * @param base manifest digest of the earlier version
 * @param baseTensors for every tensor of this version the base's tensor it maps to, or -1
 * @param chunks difference chunks in block order
 */
public record VersionDifference(Digest base, List<Integer> baseTensors, List<DifferenceChunk> chunks) {

  public VersionDifference {
    Objects.requireNonNull(base);
    baseTensors = List.copyOf(baseTensors);
    chunks = List.copyOf(chunks);
  }

  /** Bytes of all difference chunks. */
  public long bytes() {
    return chunks.stream().mapToLong(DifferenceChunk::size).sum();
  }

  /**
   * Reference values of the blocks [{@code firstBlock}, {@code endBlock}) coded against the base's.
   *
   * @param digest names the bytes
   * @param size bytes
   * @param firstBlock first block of the run
   * @param endBlock block after the run
   */
  public record DifferenceChunk(Digest digest, int size, int firstBlock, int endBlock) {

    public DifferenceChunk {
      Objects.requireNonNull(digest);
      if (size < 1 || size > ChunkSpec.MAX_BYTES || firstBlock < 0 || endBlock <= firstBlock) {
        throw ElasticException.corrupt(
            "Difference chunk " + digest.brief() + " claims " + size + " bytes for blocks " + firstBlock + " to " + endBlock + ".");
      }
    }
  }
}
