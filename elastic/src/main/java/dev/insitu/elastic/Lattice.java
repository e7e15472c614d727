package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which chunk holds a block's group, and what every chunk needs: the chunks that hold the same
 * blocks in their nearest lower group with content (format, section 2). Immutable.
 */
public final class Lattice {

  private static final int[] NONE = {};

  private final int levels;
  private final List<TensorSpec> tensors;
  private final BlockTable blocks;
  private final List<ChunkSpec> chunks;
  private final int[][] byGroup; // chunk indices of a group in block order
  private final int[][] firstBlocks; // their first blocks
  private final int[][] needs; // per chunk

  /**
   * @throws ElasticException if a group's chunks overlap or leave content out, or if one stands
   *     before what it needs
   */
  Lattice(int levels, List<TensorSpec> tensors, BlockTable blocks, List<ChunkSpec> chunks) {
    this.levels = levels;
    this.tensors = tensors;
    this.blocks = blocks;
    this.chunks = chunks;
    this.byGroup = new int[levels + 2][];
    this.firstBlocks = new int[levels + 2][];
    long[][] sorted = sortByGroup();
    for (int group = 0; group < sorted.length; group++) {
      byGroup[group] = Arrays.stream(sorted[group]).mapToInt(key -> (int) key).toArray();
      firstBlocks[group] =
          Arrays.stream(sorted[group]).mapToInt(key -> (int) (key >> 32)).toArray();
      checkCoverage(group);
    }
    this.needs = findNeeds();
  }

  /** For every group first block and index of its chunks, in block order. */
  private long[][] sortByGroup() {
    int[] counts = new int[levels + 2];
    for (int i = 0; i < chunks.size(); i++) {
      ChunkSpec chunk = chunks.get(i);
      if (chunk.group() > levels + 1 || chunk.endBlock() > blocks.blockCount()) {
        throw ElasticException.corrupt(
            "Chunk "
                + i
                + " claims blocks up to "
                + chunk.endBlock()
                + " of "
                + blocks.blockCount()
                + " in group "
                + chunk.group()
                + " of "
                + (levels + 2)
                + ".");
      }
      counts[chunk.group()]++;
    }
    long[][] keys = new long[levels + 2][];
    Arrays.setAll(keys, group -> new long[counts[group]]);
    for (int i = chunks.size() - 1; i >= 0; i--) {
      ChunkSpec chunk = chunks.get(i);
      keys[chunk.group()][--counts[chunk.group()]] = (long) chunk.firstBlock() << 32 | i;
    }
    for (long[] group : keys) {
      Arrays.sort(group);
    }
    return keys;
  }

  private void checkCoverage(int group) {
    int covered = 0; // every block below is covered or has no content in this group
    int tensor = 0;
    for (int index : byGroup[group]) {
      ChunkSpec chunk = chunks.get(index);
      if (chunk.firstBlock() < covered) {
        throw ElasticException.corrupt(
            "Chunks of group " + group + " overlap at block " + chunk.firstBlock() + ".");
      }
      tensor = requireNoContent(group, tensor, covered, chunk.firstBlock());
      tensor = requireContent(index, tensor);
      covered = chunk.endBlock();
    }
    requireNoContent(group, tensor, covered, blocks.blockCount());
  }

  /**
   * @param tensor the tensor of the first block or one before it
   * @return the tensor of the last block
   */
  private int requireNoContent(int group, int tensor, int from, int to) {
    int t = tensor;
    for (int block = from; block < to; block = blocks.firstBlock(t + 1)) {
      t = tensorAt(t, block);
      if (tensors.get(t).hasContent(group, levels)) {
        throw ElasticException.corrupt(
            "Block "
                + block
                + " of tensor "
                + Names.quote(tensors.get(t).name())
                + " has no chunk in group "
                + group
                + ".");
      }
    }
    return t;
  }

  /**
   * Requires that a chunk covers content, but not too much. Returns the tensor of its last block.
   */
  private int requireContent(int index, int tensor) {
    ChunkSpec chunk = chunks.get(index);
    long bytes = 0;
    int t = tensor;
    int end;
    for (int block = chunk.firstBlock(); block < chunk.endBlock(); block = end) {
      t = tensorAt(t, block);
      end = Math.min(chunk.endBlock(), blocks.firstBlock(t + 1));
      if (tensors.get(t).hasContent(chunk.group(), levels)) {
        bytes += blocks.byteLength(t, block, end);
      }
    }
    if (bytes == 0) {
      throw ElasticException.corrupt(
          "Chunk " + index + " covers no content of group " + chunk.group() + ".");
    }
    if (bytes > ChunkSpec.MAX_VALUE_BYTES) {
      throw ElasticException.limit(
          "Chunk "
              + index
              + " covers "
              + bytes
              + " bytes of values; at most "
              + ChunkSpec.MAX_VALUE_BYTES
              + " are allowed.");
    }
    return t;
  }

  private int tensorAt(int from, int block) {
    int tensor = from;
    while (blocks.firstBlock(tensor + 1) <= block) {
      tensor++;
    }
    return tensor;
  }

  private int[][] findNeeds() {
    int[][] found = new int[chunks.size()][];
    IntList scratch = new IntList();
    for (int index = 0; index < found.length; index++) {
      found[index] = chunks.get(index).group() == 0 ? NONE : findNeeds(index, scratch);
    }
    return found;
  }

  private int[] findNeeds(int index, IntList found) {
    ChunkSpec chunk = chunks.get(index);
    found.clear();
    int tensor = blocks.tensorOf(chunk.firstBlock());
    int end;
    for (int block = chunk.firstBlock(); block < chunk.endBlock(); block = end) {
      tensor = tensorAt(tensor, block);
      end = Math.min(chunk.endBlock(), blocks.firstBlock(tensor + 1));
      if (tensors.get(tensor).hasContent(chunk.group(), levels)) {
        addCovering(lowerGroup(tensor, chunk.group()), block, end, index, found);
      }
    }
    return found.sortedDistinct();
  }

  /** The nearest lower group in which a tensor has content: every tensor has some in the base. */
  private int lowerGroup(int tensor, int group) {
    int lower = group - 1;
    while (!tensors.get(tensor).hasContent(lower, levels)) {
      lower--;
    }
    return lower;
  }

  private void addCovering(int group, int from, int to, int neededBy, IntList found) {
    int[] members = byGroup[group];
    for (int i = positionOf(group, from); i < members.length && firstBlocks[group][i] < to; i++) {
      if (members[i] >= neededBy) {
        throw ElasticException.corrupt(
            "Chunk "
                + neededBy
                + " stands before chunk "
                + members[i]
                + ", which it refines: the canonical order is broken or cyclic.");
      }
      found.add(members[i]);
    }
  }

  /** Position in {@code byGroup[group]} of the last chunk that begins at or before the block. */
  private int positionOf(int group, int block) {
    int found = Arrays.binarySearch(firstBlocks[group], block);
    return found >= 0 ? found : -found - 2;
  }

  /** Indices of the chunks that must be there before this chunk is of use, ascending. A copy. */
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

  /** Indices of the chunks that hold a tensor's content in a group, in block order. */
  public IntStream chunksOf(int tensor, int group) {
    int first = blocks.firstBlock(tensor);
    int end = blocks.firstBlock(tensor + 1);
    if (first == end || !tensors.get(tensor).hasContent(group, levels)) {
      return IntStream.empty();
    }
    int[] members = byGroup[group];
    return Arrays.stream(members, positionOf(group, first), positionOf(group, end - 1) + 1);
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

  /** A growing array. */
  private static final class IntList {
    private int[] items = new int[16];
    private int size;

    void clear() {
      size = 0;
    }

    void add(int item) {
      if (size > 0 && items[size - 1] == item) {
        return;
      }
      if (size == items.length) {
        items = Arrays.copyOf(items, 2 * size);
      }
      items[size++] = item;
    }

    int[] sortedDistinct() {
      Arrays.sort(items, 0, size);
      int distinct = 0;
      for (int i = 0; i < size; i++) {
        if (i == 0 || items[i] != items[distinct - 1]) {
          items[distinct++] = items[i];
        }
      }
      return Arrays.copyOf(items, distinct);
    }
  }
}
