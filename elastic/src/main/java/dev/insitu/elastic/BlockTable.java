package dev.insitu.elastic;

import java.util.List;

/** The blocks and weight-file offsets that a tensor table implies. Immutable. */
public final class BlockTable {

  /** Most blocks of a package. */
  public static final int MAX_BLOCKS = 4 << 20;

  private static final int ALIGNMENT = 4096;

  private final List<TensorSpec> tensors;
  private final int[] firstBlock; // per tensor, and the total at the end
  private final long[] offset; // per tensor, and the end of the weight file

  /**
   * @throws ElasticException LIMIT if there are more than 4 Mi blocks
   */
  public BlockTable(List<TensorSpec> tensors) {
    this.tensors = List.copyOf(tensors);
    firstBlock = new int[tensors.size() + 1];
    offset = new long[tensors.size() + 1];
    long blocks = 0;
    long end = 0;
    for (int i = 0; i < tensors.size(); i++) {
      offset[i] = aligned(end);
      end = offset[i] + tensors.get(i).byteLength();
      blocks += tensors.get(i).blockCount();
      if (blocks > MAX_BLOCKS) {
        throw ElasticException.limit(
            "The tensors up to "
                + Names.quote(tensors.get(i).name())
                + " have "
                + blocks
                + " blocks; at most "
                + MAX_BLOCKS
                + " are allowed.");
      }
      firstBlock[i + 1] = (int) blocks;
    }
    offset[tensors.size()] = end;
  }

  /** The first place in a weight file, at or after an offset, where a tensor may begin. */
  static long aligned(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  int tensorCount() {
    return tensors.size();
  }

  /** Number of all blocks. */
  public int blockCount() {
    return firstBlock[firstBlock.length - 1];
  }

  /** First block of a tensor; of the tensor after the last: the number of all blocks. */
  public int firstBlock(int tensor) {
    return firstBlock[tensor];
  }

  /** Where a tensor's values begin in the weight file, a multiple of 4096. */
  public long offset(int tensor) {
    return offset[tensor];
  }

  /** Bytes of the weight file. */
  public long weightFileBytes() {
    return offset[offset.length - 1];
  }

  /** The tensor a block belongs to. */
  public int tensorOf(int block) {
    int low = 0;
    int high = tensors.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (firstBlock[middle] <= block) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /**
   * Bytes in the weight file of a tensor's blocks [{@code from}, {@code to}), which must be blocks
   * of that tensor.
   */
  long byteLength(int tensor, int from, int to) {
    TensorSpec spec = tensors.get(tensor);
    long blockBytes =
        (long) spec.blockLength() * (spec.coding() == Coding.RAW ? 1 : spec.type().bytes());
    long first = (from - firstBlock[tensor]) * blockBytes;
    return Math.min((to - from) * blockBytes, spec.byteLength() - first);
  }

  /** The block with that number. */
  public Block block(int index) {
    if (index < 0 || index >= blockCount()) {
      throw new IndexOutOfBoundsException("Block " + index + " of " + blockCount());
    }
    int tensor = tensorOf(index);
    TensorSpec spec = tensors.get(tensor);
    long first = (long) (index - firstBlock[tensor]) * spec.blockLength();
    return new Block(
        index, tensor, spec, first, (int) Math.min(spec.blockLength(), spec.length() - first));
  }

  /** Where a block's values begin in the weight file. */
  public long offset(Block block) {
    return offset[block.tensorIndex()] + block.byteOffset();
  }
}
