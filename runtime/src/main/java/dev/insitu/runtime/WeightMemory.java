package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.Weave;
import dev.insitu.elastic.WeightLayout;
import dev.insitu.elastic.codec.BlockState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The values of a sub-model in memory, at the offsets that they would have in its {@link
 * WeightFile}. Values of joined tensors are put straight into their places, where a file has to be
 * read and written again for each part. Not to be changed once it is there.
 */
public final class WeightMemory {

  private static final long MOST_TENSOR_BYTES = 1L << 30;

  private final TreeMap<Long, byte[]> tensors = new TreeMap<>(); // by offset

  private WeightMemory() {}

  /**
   * What {@link #assemble} takes.
   *
   * @param tensors as there
   * @return bytes; more than fit into arrays if a tensor does not
   */
  public static long bytes(Manifest manifest, IntPredicate tensors) {
    WeightLayout layout = manifest.layout();
    TreeMap<Long, Long> lengths = new TreeMap<>();
    IntStream.range(0, manifest.tensors().size())
        .filter(tensor -> tensors.test(tensor) && layout.has(tensor))
        .forEach(tensor -> lengths.put(layout.offset(tensor), layout.length(tensor)));
    boolean fits = lengths.values().stream().allMatch(length -> length <= MOST_TENSOR_BYTES);
    return fits ? lengths.values().stream().mapToLong(Long::longValue).sum() : Long.MAX_VALUE;
  }

  /**
   * Makes the values of the manifest's width. Tensors that are left out, and blocks whose base the
   * sub-model lacks, are zero.
   *
   * @param chunks holds every chunk of {@code model}
   * @param model which chunks to use
   * @param tensors which tensors to make of those that the width uses, by number
   * @throws IOException if a chunk cannot be read or decoded
   */
  public static WeightMemory assemble(
      Manifest manifest, ChunkSource chunks, SubModel model, IntPredicate tensors)
      throws IOException {
    WeightLayout layout = manifest.layout();
    WeightMemory memory = new WeightMemory();
    IntPredicate wanted = tensor -> tensors.test(tensor) && layout.has(tensor);
    try (Target target = memory.new Target(layout)) {
      new BlockSweep(manifest, chunks, model, wanted, target).run();
    }
    return memory;
  }

  /**
   * Fills the buffer's remaining space.
   *
   * @param offset in the weight file; all that is read lies in one tensor
   */
  public void read(long offset, ByteBuffer into) {
    Map.Entry<Long, byte[]> entry = tensors.floorEntry(offset);
    long from = entry == null ? 0 : offset - entry.getKey();
    if (entry == null || from >= entry.getValue().length) {
      into.put(new byte[into.remaining()]); // nothing is held of that tensor
      return;
    }
    into.put(entry.getValue(), (int) from, into.remaining());
  }

  private final class Target implements WeightTarget, WeightTarget.Incoming, AutoCloseable {

    private static final int TILE = 1 << 20; // a block is not larger

    private final WeightLayout layout;
    private final ByteBuffer tile = DirectPool.SHARED.take(TILE);
    private @Nullable Block pending;
    private int woven = -1; // the tensor that was last asked for
    private Optional<Weave> weave = Optional.empty(); // how it is joined to others

    Target(WeightLayout layout) {
      this.layout = layout;
    }

    @Override
    public void write(BlockState state) {
      state.rebuild(tile, 0);
      take(state.block());
    }

    @Override
    public WeightTarget.Incoming incoming() {
      return this;
    }

    @Override
    public ByteBuffer slice(BlockState state) {
      finish();
      pending = state.block();
      Buffers.window(tile, TILE);
      return tile;
    }

    @Override
    public void finish() {
      if (pending != null) {
        take(pending);
        pending = null;
      }
    }

    /** Moves the tile into its place, unless the width does without the tensor. */
    private void take(Block block) {
      int tensor = block.tensorIndex();
      if (!layout.has(tensor)) {
        return;
      }
      byte[] whole =
          tensors.computeIfAbsent(
              layout.offset(tensor), offset -> new byte[Math.toIntExact(layout.length(tensor))]);
      if (tensor != woven) {
        weave = layout.weave(tensor);
        woven = tensor;
      }
      Buffers.window(tile, block.byteLength());
      if (weave.isEmpty()) {
        tile.get(whole, (int) block.byteOffset(), block.byteLength());
        return;
      }
      byte[] values = new byte[block.byteLength()];
      tile.get(values);
      new WovenBlock(weave.get(), block, values).moveTo(whole);
    }

    @Override
    public void close() {
      DirectPool.SHARED.give(tile);
    }
  }
}
