package dev.insitu.runtime;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.WeightLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * The values of a sub-model in one file, laid out as {@link Manifest#layout} says and as the graphs
 * of the package refer to it. Memory is bounded whatever the size of the model.
 */
public final class WeightFile {

  private static final int BUFFER = 1 << 20;

  private WeightFile() {}

  /**
   * Makes the weight file of the manifest's width. Tensors that are left out, and blocks whose base
   * the sub-model lacks, are holes.
   *
   * @param chunks holds every chunk of {@code model}
   * @param model which chunks to use
   * @param tensors which tensors to write of those that the width uses, by number
   * @param file must not exist
   * @return numbers of the tensors that were written whole
   * @throws IOException if a chunk cannot be read or decoded, or the file cannot be written; then
   *     there is no file
   */
  public static BitSet assemble(
      Manifest manifest, ChunkSource chunks, SubModel model, IntPredicate tensors, Path file)
      throws IOException {
    WeightLayout layout = manifest.layout();
    IntPredicate wanted = tensor -> tensors.test(tensor) && layout.has(tensor);
    return assemble(manifest, layout, chunks, model, wanted, file);
  }

  /**
   * Makes a file of the reference's values of all tensors, one after another as {@link
   * Manifest#blocks} says, parts of joined ones apart; else as {@link #assemble}.
   */
  public static void assembleReference(Manifest manifest, ChunkSource chunks, Path file)
      throws IOException {
    WeightLayout layout = WeightLayout.plain(manifest.blocks());
    SubModel all = SubModel.whole(manifest.whole());
    assemble(manifest, layout, chunks, all, tensor -> true, file);
  }

  private static BitSet assemble(
      Manifest manifest,
      WeightLayout layout,
      ChunkSource chunks,
      SubModel model,
      IntPredicate tensors,
      Path file)
      throws IOException {
    try (WeightChannel target = new WeightChannel(file, layout)) {
      BitSet written;
      try {
        written = new BlockSweep(manifest, chunks, model, tensors, target).run();
        target.extend();
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(file);
        throw e;
      }
      return whole(manifest, written, tensors);
    }
  }

  static BitSet whole(Manifest manifest, BitSet blocks, IntPredicate tensors) {
    BlockTable table = manifest.blocks();
    BitSet whole = new BitSet();
    for (int i = 0; i < manifest.tensors().size(); i++) {
      boolean all = blocks.nextClearBit(table.firstBlock(i)) >= table.firstBlock(i + 1);
      whole.set(i, all && tensors.test(i));
    }
    return whole;
  }

  /**
   * SHA-256 over the tensors' bytes in a file of {@link #assembleReference}, without the gaps: the
   * package's reference digest, if all values are the reference's.
   *
   * @throws IOException if the file is shorter than the manifest says or cannot be read
   */
  public static Digest digest(Manifest manifest, Path file) throws IOException {
    MessageDigest sha = Digest.newSha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int i = 0; i < manifest.tensors().size(); i++) {
        long position = manifest.blocks().offset(i);
        long end = position + manifest.tensors().get(i).byteLength();
        while (position < end) {
          Buffers.window(buffer, (int) Math.min(BUFFER, end - position));
          int read = channel.read(buffer, position);
          if (read < 0) {
            throw new IOException(
                file + " ends at byte " + position + ", the package's values at " + end + ".");
          }
          sha.update(Buffers.flip(buffer));
          position += read;
        }
      }
    }
    return Digest.of(sha.digest());
  }
}
