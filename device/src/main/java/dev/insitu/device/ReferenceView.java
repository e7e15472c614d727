package dev.insitu.device;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.VersionDifference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A version whose reference values lie in a weight file, seen as a package of raw chunks: so the
 * runtime builds it as any other. The chunks are made when they are read; the weight file was
 * checked against the manifest's reference digest when it was made.
 */
final class ReferenceView implements ChunkSource {

  private final Path file;
  private final Manifest manifest;
  private final Map<Digest, Integer> blocks = new HashMap<>();

  /**
   * @param original the version's own manifest
   * @param file its weight file, laid out as {@link BlockTable} says
   */
  ReferenceView(Manifest original, Path file) {
    this.file = file;
    this.manifest = rawView(original.whole()).atWidth(original.width());
    for (int i = 0; i < manifest.chunks().size(); i++) {
      blocks.put(manifest.chunks().get(i).digest(), i);
    }
  }

  private static Manifest rawView(Manifest original) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (TensorSpec tensor : original.tensors()) {
      tensors.add(
          new TensorSpec(tensor.name(), tensor.type(), Coding.RAW, tensor.byteLength(), 0, 0));
    }
    BlockTable table = new BlockTable(tensors);
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int i = 0; i < table.blockCount(); i++) {
      int size = RawChunk.size(table.block(i).byteLength());
      chunks.add(new ChunkSpec(nameOf(i), size, 0, i, i + 1, 0));
    }
    return new Manifest(
        headerOf(original.header()),
        original.inputs(),
        original.outputs(),
        tensors,
        original.segments(),
        original.exits(),
        original.segments().size() == 1 ? ByteBuffer.allocate(0) : original.fusedGraph(),
        original.widthTable(),
        chunks,
        Optional.empty(),
        List.<VersionDifference>of());
  }

  /** A name that is unique within this package; it is no digest of anything that travels. */
  private static Digest nameOf(int block) {
    return Digest.sha256(ByteBuffer.allocate(Integer.BYTES).putInt(0, block));
  }

  private static Header headerOf(Header header) {
    return new Header(
        header.name(),
        header.version(),
        header.root(),
        header.parent(),
        header.reference(),
        0,
        header.retrained());
  }

  Manifest manifest() {
    return manifest;
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    Integer index = blocks.get(digest);
    if (index == null) {
      throw new IOException("Block " + digest.brief() + " is not in " + file + ".");
    }
    Block block = manifest.blocks().block(index);
    byte[] values = new byte[block.byteLength()];
    readFully(ByteBuffer.wrap(values), manifest.blocks().offset(block));
    return ByteBuffer.wrap(RawChunk.encode(values, block.tensor().type().bytes()));
  }

  private void readFully(ByteBuffer into, long offset) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (into.hasRemaining()) {
        if (channel.read(into, offset + into.position()) < 0) {
          throw new IOException(
              file
                  + " is shorter than its values.\nMaybe the disk is damaged; pull the model"
                  + " again.");
        }
      }
    }
  }
}
