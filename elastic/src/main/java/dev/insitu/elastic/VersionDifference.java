package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.ObjectRef;
import java.util.List;
import java.util.Objects;

/**
 * Chunks that give this version's reference values from an earlier version's (format, section 7).
 *
 * @param base manifest digest of the earlier version
 * @param baseTensors for every tensor of this version the base's tensor it maps to, or -1
 * @param chunks difference chunks in block order
 */
public record VersionDifference(
    Digest base, List<Integer> baseTensors, List<DifferenceChunk> chunks) {

  public VersionDifference {
    Objects.requireNonNull(base);
    baseTensors = List.copyOf(baseTensors);
    chunks = List.copyOf(chunks);
    for (int tensor : baseTensors) {
      if (tensor < -1 || tensor >= Manifest.MAX_TENSORS) {
        throw ElasticException.corrupt("A difference maps a tensor to number " + tensor + ".");
      }
    }
  }

  /**
   * Checks this difference against the two versions it stands between.
   *
   * @param target the later version, whose manifest holds this difference
   * @param from the earlier version
   * @throws ElasticException CORRUPT if a tensor is mapped to one that the earlier version lacks or
   *     that has another type or length
   */
  public void requireFits(Manifest target, Manifest from) {
    for (int i = 0; i < baseTensors.size(); i++) {
      int mapped = baseTensors.get(i);
      if (mapped < 0) {
        continue;
      }
      TensorSpec tensor = target.tensors().get(i);
      if (mapped >= from.tensors().size()) {
        throw ElasticException.corrupt(
            "A difference maps tensor "
                + Names.quote(tensor.name())
                + " to number "
                + mapped
                + " of "
                + from.tensors().size()
                + ".");
      }
      TensorSpec earlier = from.tensors().get(mapped);
      if (earlier.type() != tensor.type() || earlier.byteLength() != tensor.byteLength()) {
        throw ElasticException.corrupt(
            "A difference maps tensor "
                + Names.quote(tensor.name())
                + " to "
                + Names.quote(earlier.name())
                + " of another type or length.");
      }
    }
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
            "Difference chunk "
                + digest.brief()
                + " claims "
                + size
                + " bytes for blocks "
                + firstBlock
                + " to "
                + endBlock
                + ".");
      }
    }

    /** Its name and size. */
    ObjectRef ref() {
      return new ObjectRef(digest, size);
    }
  }
}
