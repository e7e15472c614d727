package dev.insitu.elastic;

import java.util.Objects;

/**
 * The unit of transfer: coded weights of the blocks [{@code firstBlock}, {@code endBlock}) that
 * have content in one group.
 *
 * @param digest names the bytes
 * @param size bytes
 * @param group 0 base, 1..levels planes, levels + 1 lossless
 * @param firstBlock first block of the run
 * @param endBlock block after the run
 * @param errorRemoved how much of the package's error measure goes when this chunk arrives, not
 *     negative; kept to eight bits of precision, as the manifest carries it
 */
public record ChunkSpec(
    Digest digest, int size, int group, int firstBlock, int endBlock, float errorRemoved) {

  /** Most bytes of a chunk: 1 MiB and room for headers of incompressible streams. */
  public static final int MAX_BYTES = (1 << 20) + (64 << 10);

  /** Most bytes that the blocks of one chunk have in the weight file: what decoding it may cost. */
  public static final int MAX_VALUE_BYTES = 16 << 20;

  private static final int KEPT_BITS = 0xffff0000;

  public ChunkSpec {
    Objects.requireNonNull(digest);
    if (size < 1 || size > MAX_BYTES) {
      throw ElasticException.limit(
          "Chunk "
              + digest.brief()
              + " has "
              + size
              + " bytes; 1 to "
              + MAX_BYTES
              + " are allowed.");
    }
    if (group < 0
        || group > TensorSpec.MAX_REFINEMENTS + 1
        || firstBlock < 0
        || endBlock <= firstBlock) {
      throw ElasticException.corrupt(
          "Chunk "
              + digest.brief()
              + " claims blocks "
              + firstBlock
              + " to "
              + endBlock
              + " of group "
              + group
              + ".");
    }
    if (!(errorRemoved >= 0 && errorRemoved <= Float.MAX_VALUE)) {
      throw ElasticException.corrupt(
          "Chunk "
              + digest.brief()
              + " removes an error of "
              + errorRemoved
              + "; it must be a number that is not negative.");
    }
    errorRemoved =
        Float.intBitsToFloat(Float.floatToRawIntBits(Math.abs(errorRemoved)) & KEPT_BITS);
  }

  /** Whether the run holds that block. */
  public boolean covers(int block) {
    return firstBlock <= block && block < endBlock;
  }
}
