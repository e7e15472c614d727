package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** What must hold between the tables of a manifest (format, section 5). */
final class ManifestRules {

  private ManifestRules() {}

  static void requireAtMost(String things, int count, int most) {
    if (count > most) {
      throw ElasticException.limit(
          "The manifest has " + count + " " + things + "; at most " + most + " are allowed.");
    }
  }

  static void checkTensors(List<TensorSpec> tensors, int levels) {
    Set<String> names = new HashSet<>();
    for (TensorSpec tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw ElasticException.corrupt(
            "Two tensors are called " + Names.quote(tensor.name()) + ".");
      }
      if (tensor.refinements() > levels) {
        throw ElasticException.corrupt(
            "Tensor "
                + Names.quote(tensor.name())
                + " has "
                + tensor.refinements()
                + " refinements, the package "
                + levels
                + ".");
      }
      if (tensor.stated() >> levels != 0) {
        throw ElasticException.corrupt(
            "Tensor "
                + Names.quote(tensor.name())
                + " is stated in groups "
                + Integer.toBinaryString(tensor.stated())
                + " (bits), the package has "
                + levels
                + " refinements.");
      }
    }
  }

  /** Chunks may be alike, and then share a digest; one digest with two sizes is a contradiction. */
  static void checkSizes(List<ChunkSpec> chunks, List<ObjectRef> further) {
    Map<Digest, Integer> sizes = new HashMap<>();
    for (ChunkSpec chunk : chunks) {
      checkSize(sizes, chunk.digest(), chunk.size());
    }
    for (ObjectRef chunk : further) {
      checkSize(sizes, chunk.digest(), chunk.size());
    }
  }

  private static void checkSize(Map<Digest, Integer> sizes, Digest digest, int size) {
    Integer before = sizes.putIfAbsent(digest, size);
    if (before != null && before != size) {
      throw ElasticException.corrupt(
          "Chunk "
              + digest.brief()
              + " has "
              + before
              + " bytes in one place and "
              + size
              + " in another.");
    }
  }

  static void checkDifferences(List<VersionDifference> differences, BlockTable blocks) {
    Set<Digest> bases = new HashSet<>();
    for (VersionDifference difference : differences) {
      if (!bases.add(difference.base())) {
        throw ElasticException.corrupt(
            "There are two differences against " + difference.base().brief() + ".");
      }
      checkDifference(difference, blocks);
    }
  }

  private static void checkDifference(VersionDifference difference, BlockTable blocks) {
    List<Integer> baseTensors = difference.baseTensors();
    if (baseTensors.size() != blocks.tensorCount()) {
      throw ElasticException.corrupt(
          "A difference maps " + baseTensors.size() + " tensors of " + blocks.tensorCount() + ".");
    }
    checkRuns(difference.chunks(), tensor -> baseTensors.get(tensor) >= 0, blocks);
  }

  /**
   * Difference chunks stand in the order of their blocks and do not overlap.
   *
   * @param mapped whether a tensor has one that it can be told apart from
   */
  static void checkRuns(List<DifferenceChunk> chunks, IntPredicate mapped, BlockTable blocks) {
    int covered = 0;
    for (DifferenceChunk chunk : chunks) {
      if (chunk.firstBlock() < covered || chunk.endBlock() > blocks.blockCount()) {
        throw ElasticException.corrupt(
            "A difference chunk claims blocks "
                + chunk.firstBlock()
                + " to "
                + chunk.endBlock()
                + " of "
                + blocks.blockCount()
                + "; those below "
                + covered
                + " have been covered.");
      }
      covered = chunk.endBlock();
      checkRun(chunk, mapped, blocks);
    }
  }

  private static void checkRun(DifferenceChunk chunk, IntPredicate mapped, BlockTable blocks) {
    long bytes = 0;
    int end;
    for (int block = chunk.firstBlock(); block < chunk.endBlock(); block = end) {
      int tensor = blocks.tensorOf(block);
      end = Math.min(chunk.endBlock(), blocks.firstBlock(tensor + 1));
      bytes += blocks.byteLength(tensor, block, end);
      if (!mapped.test(tensor)) {
        throw ElasticException.corrupt(
            "A difference chunk covers block " + block + ", whose tensor is mapped to none.");
      }
    }
    if (bytes > ChunkSpec.MAX_VALUE_BYTES) {
      throw ElasticException.limit(
          "A difference chunk covers "
              + bytes
              + " bytes of values; at most "
              + ChunkSpec.MAX_VALUE_BYTES
              + " are allowed.");
    }
  }
}
