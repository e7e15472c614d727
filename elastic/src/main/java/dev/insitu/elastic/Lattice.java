package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which chunk holds a block's group, and what every chunk needs: the chunks that hold the same blocks in their nearest lower group
 * with content (format, section 2). Immutable.
 */
public final class Lattice {

  private final int levels;
  private final List<TensorSpec> tensors;
  private final BlockTable blocks;
  private final List<ChunkSpec> chunks;
  private final int[][] byGroup; // chunk indices of a group in block order
  private final int[][] needs; // per chunk

  Lattice(int levels, List<TensorSpec> tensors, BlockTable blocks, List<ChunkSpec> chunks) {
    this.levels = levels;
    this.tensors = tensors;
    this.blocks = blocks;
    this.chunks = chunks;
    this.byGroup = sortByGroup();
    for (int group = 0; group <= levels + 1; group++) {
      checkCoverage(group);
    }
    this.needs = new int[chunks.size()][];
    for (int i = 0; i < needs.length; i++) {
      needs[i] = findNeeds(i);
    }
  }

  private int[][] sortByGroup() {
    List<List<Integer>> groups = new ArrayList<>();
    for (int group = 0; group <= levels + 1; group++) {
      groups.add(new ArrayList<>());
    }
    for (int i = 0; i < chunks.size(); i++) {
      ChunkSpec chunk = chunks.get(i);
      if (chunk.group() > levels + 1 || chunk.endBlock() > blocks.blockCount()) {
        throw ElasticException.corrupt(
            "Chunk " + i + " claims blocks up to " + chunk.endBlock() + " of " + blocks.blockCount()
                + " in group " + chunk.group() + " of " + (levels + 2) + ".");
      }
      groups.get(chunk.group()).add(i);
    }
    int[][] sorted = new int[levels + 2][];
    for (int group = 0; group < sorted.length; group++) {
      List<Integer> members = groups.get(group);
      members.sort(Comparator.comparingInt(i -> chunks.get(i).firstBlock()));
      sorted[group] = members.stream().mapToInt(Integer::intValue).toArray();
    }
    return sorted;
  }

  private void checkCoverage(int group) {
    int covered = 0; // every block below is covered or has no content in this group
    for (int index : byGroup[group]) {
      ChunkSpec chunk = chunks.get(index);
      if (chunk.firstBlock() < covered) {
        throw ElasticException.corrupt("Chunks of group " + group + " overlap at block " + chunk.firstBlock() + ".");
      }
      requireNoContent(group, covered, chunk.firstBlock());
      if (!anyContent(group, chunk.firstBlock(), chunk.endBlock())) {
        throw ElasticException.corrupt("Chunk " + index + " covers no content of group " + group + ".");
      }
      covered = chunk.endBlock();
    }
    requireNoContent(group, covered, blocks.blockCount());
  }

  private void requireNoContent(int group, int from, int to) {
    if (anyContent(group, from, to)) {
      throw ElasticException.corrupt("Blocks " + from + " to " + to + " have no chunk in group " + group + ".");
    }
  }

  private boolean anyContent(int group, int from, int to) {
    int block = from;
    while (block < to) {
      int tensor = blocks.tensorOf(block);
      if (tensors.get(tensor).hasContent(group, levels)) {
        return true;
      }
      block = blocks.firstBlock(tensor + 1);
    }
    return false;
  }

  private int[] findNeeds(int index) {
    ChunkSpec chunk = chunks.get(index);
    List<Integer> found = new ArrayList<>();
    int block = chunk.firstBlock();
    while (chunk.group() > 0 && block < chunk.endBlock()) {
      int tensor = blocks.tensorOf(block);
      int end = Math.min(chunk.endBlock(), blocks.firstBlock(tensor + 1));
      if (tensors.get(tensor).hasContent(chunk.group(), levels)) {
        int lower = chunk.group() - 1;
        while (!tensors.get(tensor).hasContent(lower, levels)) {
          lower--;
        }
        addCovering(lower, block, end, index, found);
      }
      block = end;
    }
    return found.stream().distinct().mapToInt(Integer::intValue).toArray();
  }

  private void addCovering(int group, int from, int to, int neededBy, List<Integer> found) {
    int[] members = byGroup[group];
    for (int i = positionOf(group, from); i < members.length && chunks.get(members[i]).firstBlock() < to; i++) {
      if (members[i] >= neededBy) {
        throw ElasticException.corrupt(
            "Chunk " + neededBy + " stands before chunk " + members[i] + ", which it refines: the canonical order is cyclic or broken.");
      }
      found.add(members[i]);
    }
  }

  /** Position in {@code byGroup[group]} of the chunk that covers the block. */
  private int positionOf(int group, int block) {
    int[] members = byGroup[group];
    int low = 0;
    int high = members.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (chunks.get(members[middle]).firstBlock() <= block) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Indices of the chunks that must be there before this chunk is of use. A copy. */
  public int[] needs(int chunk) {
    return needs[chunk].clone();
  }

  int[] needsView(int chunk) {
    return needs[chunk];
  }

  /** Indices of the chunks of one group in block order. A copy. */
  public int[] chunksOf(int group) {
    return byGroup[group].clone();
  }

  /** The chunk that holds a block's content in a group, or -1 if it has none there. */
  public int chunkOf(int block, int group) {
    if (!tensors.get(blocks.tensorOf(block)).hasContent(group, levels)) {
      return -1;
    }
    return byGroup[group][positionOf(group, block)];
  }

  /** The blocks of a chunk's run that have content in its group, in order. */
  public List<Block> blocksOf(int chunk) {
    ChunkSpec spec = chunks.get(chunk);
    List<Block> found = new ArrayList<>();
    for (int block = spec.firstBlock(); block < spec.endBlock(); block++) {
      Block candidate = blocks.block(block);
      if (candidate.tensor().hasContent(spec.group(), levels)) {
        found.add(candidate);
      }
    }
    return found;
  }
}
