package dev.insitu.runtime;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which tensors and parts (segments, then heads of exits) a chunk concerns. Immutable. */
final class PackageIndex {

  private final Manifest manifest;
  private final int[][] tensorsOfChunk;
  private final int[][] partsOfTensor;
  private final int[][] partsOfChunk;

  PackageIndex(Manifest manifest) {
    this.manifest = manifest;
    partsOfTensor = partsOfTensors();
    int chunks = manifest.chunks().size();
    tensorsOfChunk = new int[chunks][];
    partsOfChunk = new int[chunks][];
    for (int i = 0; i < chunks; i++) {
      tensorsOfChunk[i] = tensorsOf(manifest.chunks().get(i));
      partsOfChunk[i] =
          Arrays.stream(tensorsOfChunk[i])
              .flatMap(tensor -> Arrays.stream(partsOfTensor[tensor]))
              .distinct()
              .sorted()
              .toArray();
    }
  }

  private int[][] partsOfTensors() {
    Parts parts = new Parts(manifest);
    int[][] found = new int[manifest.tensors().size()][];
    Arrays.fill(found, new int[0]);
    for (int part = 0; part < parts.count(); part++) {
      for (int tensor : parts.get(part).tensors()) {
        int length = found[tensor].length;
        found[tensor] = Arrays.copyOf(found[tensor], length + 1);
        found[tensor][length] = part;
      }
    }
    return found;
  }

  private int[] tensorsOf(ChunkSpec chunk) {
    BlockTable table = manifest.blocks();
    int first = table.tensorOf(chunk.firstBlock());
    int[] found = new int[table.tensorOf(chunk.endBlock() - 1) - first + 1];
    int count = 0;
    for (int tensor = first; tensor < first + found.length; tensor++) {
      boolean hasBlocks = table.firstBlock(tensor) < table.firstBlock(tensor + 1);
      if (hasBlocks
          && manifest.tensors().get(tensor).hasContent(chunk.group(), manifest.levels())) {
        found[count++] = tensor;
      }
    }
    return Arrays.copyOf(found, count);
  }

  /** Numbers of the tensors a chunk adds to, ascending. Not to be written to. */
  int[] tensorsOf(int chunk) {
    return tensorsOfChunk[chunk];
  }

  /** Numbers of the blocks a chunk adds to, ascending. */
  IntStream blocksOf(int chunk) {
    ChunkSpec spec = manifest.chunks().get(chunk);
    BlockTable table = manifest.blocks();
    return Arrays.stream(tensorsOfChunk[chunk])
        .flatMap(tensor ->
            IntStream.range(
                Math.max(spec.firstBlock(), table.firstBlock(tensor)),
                Math.min(spec.endBlock(), table.firstBlock(tensor + 1))));
  }

  /** Numbers of the parts a chunk adds to, ascending. Not to be written to. */
  int[] partsOf(int chunk) {
    return partsOfChunk[chunk];
  }

  /** Numbers of the parts that use a tensor, ascending. Not to be written to. */
  int[] usersOf(int tensor) {
    return partsOfTensor[tensor];
  }
}
