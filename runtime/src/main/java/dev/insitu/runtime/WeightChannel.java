package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Weave;
import dev.insitu.elastic.WeightLayout;
import dev.insitu.elastic.codec.BlockState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A weight file while it is written, block by block at the offsets of the format; what is not
 * written stays a hole. One block at a time is in memory, off the heap. Not thread-safe.
 */
final class WeightChannel implements WeightTarget, AutoCloseable {

  private static final int TILE = 1 << 20; // a block is not larger

  private final Path file;
  private final WeightLayout layout;
  private final FileChannel channel;
  private final ByteBuffer tile = DirectPool.SHARED.take(TILE);
  private int woven = -1; // the tensor that was last asked for
  private Optional<Weave> weave = Optional.empty(); // how it is joined to others

  /** Makes the file. */
  WeightChannel(Path file, WeightLayout layout) throws IOException {
    this.file = file;
    this.layout = layout;
    this.channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
  }

  @Override
  public void write(BlockState state) throws IOException {
    state.rebuild(tile, 0);
    writeTile(state.block());
  }

  /** Writes a block's values. */
  void write(Block block, ByteBuffer values) throws IOException {
    Buffers.window(tile, block.byteLength());
    tile.put(values);
    writeTile(block);
  }

  /** Copies a block's values from another weight file of the same package and width. */
  void copy(Block block, WeightChannel source) throws IOException {
    if (!layout.has(block.tensorIndex())) {
      return;
    }
    Optional<Weave> weave = weave(block);
    Buffers.window(tile, block.byteLength());
    if (weave.isPresent()) {
      byte[] values = new byte[block.byteLength()];
      rows(weave.get(), block, values, source.channel).read();
      tile.put(values);
    }
    long position = layout.offset(block.tensorIndex()) + block.byteOffset();
    while (tile.hasRemaining()) {
      if (source.channel.read(tile, position + tile.position()) < 0) {
        throw new IOException(source.file + " is shorter than it was written");
      }
    }
    writeTile(block);
  }

  @Override
  public Incoming incoming() {
    return new Incoming();
  }

  /** Makes the file as long as the format says, if it is shorter. */
  void extend() throws IOException {
    if (channel.size() < layout.bytes()) {
      Buffers.window(tile, 1);
      tile.put(0, (byte) 0);
      channel.write(tile, layout.bytes() - 1);
    }
  }

  /** Writes the tile, unless the width does without the tensor. */
  private void writeTile(Block block) throws IOException {
    if (!layout.has(block.tensorIndex())) {
      return;
    }
    Optional<Weave> weave = weave(block);
    Buffers.window(tile, block.byteLength());
    try {
      if (weave.isPresent()) {
        byte[] values = new byte[block.byteLength()];
        tile.get(values);
        rows(weave.get(), block, values, channel).write();
        return;
      }
      long position = layout.offset(block.tensorIndex()) + block.byteOffset();
      while (tile.hasRemaining()) {
        position += channel.write(tile, position);
      }
    } catch (IOException e) {
      throw new IOException(describe(e), e);
    }
  }

  /** How a block's tensor is joined to others; the blocks of one mostly come together. */
  private Optional<Weave> weave(Block block) {
    if (block.tensorIndex() != woven) {
      weave = layout.weave(block.tensorIndex());
      woven = block.tensorIndex();
    }
    return weave;
  }

  private WovenRows rows(Weave how, Block block, byte[] values, FileChannel in) {
    return new WovenRows(in, how, layout.offset(block.tensorIndex()), block, values);
  }

  private String describe(IOException cause) {
    String free;
    try {
      free = Files.getFileStore(file.getParent()).getUsableSpace() + " bytes are free there";
    } catch (IOException | RuntimeException e) {
      free = "its free space is unknown";
    }
    return "Weights cannot be written to "
        + file
        + ": "
        + cause.getMessage()
        + "; "
        + free
        + ".\nMaybe make room for "
        + layout.bytes()
        + " bytes.";
  }

  @Override
  public void close() throws IOException {
    DirectPool.SHARED.give(tile);
    channel.close();
  }

  /** Values of one block after the other, written when the next one is asked for. */
  final class Incoming implements WeightTarget.Incoming {

    private @Nullable Block pending;

    @Override
    public ByteBuffer slice(BlockState state) {
      finish();
      pending = state.block();
      Buffers.window(tile, TILE);
      return tile;
    }

    /** Writes the last block. */
    @Override
    public void finish() {
      if (pending == null) {
        return;
      }
      try {
        writeTile(pending);
        pending = null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
