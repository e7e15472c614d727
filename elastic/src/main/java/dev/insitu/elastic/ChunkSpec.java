package dev.insitu.elastic;

import java.util.Objects;

/**
 * The unit of transfer: coded weights of the blocks [{@code firstBlock}, {@code endBlock}) that have content in one group.
 *
 * @param digest names the bytes
 * @param size bytes
 * @param group 0 base, 1..levels planes, levels + 1 lossless
 * @param firstBlock first block of the run
 * @param endBlock block after the run
 * @param errorRemoved how much of the package's error measure goes when this chunk arrives, not negative
 */
public record ChunkSpec(
    Digest digest, int size, int group, int firstBlock, int endBlock, float errorRemoved) {

  /** Most bytes of a chunk: 1 MiB and room for headers of incompressible streams. */
  public static final int MAX_BYTES = (1 << 20) + (64 << 10);

  public ChunkSpec {
    Objects.requireNonNull(digest);
    if (size < 1 || size > MAX_BYTES) {
      throw ElasticException.limit(
          "Chunk " + digest.brief() + " has " + size + " bytes; 1 to " + MAX_BYTES + " are allowed.");
    }
    if (group < 0 || group > TensorSpec.MAX_REFINEMENTS + 1 || firstBlock < 0 || endBlock <= firstBlock) {
      throw ElasticException.corrupt(
          "Chunk " + digest.brief() + " claims blocks " + firstBlock + " to " + endBlock + " of group " + group + ".");
    }
    if (!(errorRemoved >= 0)) {
      throw ElasticException.corrupt(
          "Chunk " + digest.brief() + " removes an error of " + errorRemoved + "; it must not be negative.");
    }
  }

  /** Whether the run holds that block. */
  public boolean covers(int block) {
    return firstBlock <= block && block < endBlock;
  }
}
