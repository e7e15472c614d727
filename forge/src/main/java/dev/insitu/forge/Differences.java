package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.model.Weight;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Codes a version's weights against those of earlier versions (format, section 7). */
final class Differences {

  private static final int ZSTD_LEVEL = 19;

  /** Bytes of values in a chunk: it stays within its limit even where nothing compresses. */
  private static final int VALUE_BYTES = 512 << 10;

  private final List<Weight> weights;
  private final Manifest manifest;
  private final ChunkSpool spool;
  private final Path directory;
  private final ForgeProgress progress;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param weights of the new version, in tensor order
   * @param manifest of the new version, without differences
   * @param spool where chunks go
   * @param directory for a temporary file of the base's size
   */
  Differences(
      List<Weight> weights,
      Manifest manifest,
      ChunkSpool spool,
      Path directory,
      ForgeProgress progress) {
    this.weights = weights;
    this.manifest = manifest;
    this.spool = spool;
    this.directory = directory;
    this.progress = progress;
  }

  /** A difference against each base for which there can be one that is worth its bytes. */
  List<VersionDifference> against(List<PackageFile> bases) throws IOException {
    List<VersionDifference> differences = new ArrayList<>();
    for (PackageFile base : bases) {
      against(base).ifPresent(differences::add);
    }
    return differences;
  }

  /** What people should know about bases without a difference. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private Optional<VersionDifference> against(PackageFile base) throws IOException {
    List<Integer> tensors = TensorMatch.of(manifest.tensors(), base.manifest().tensors());
    BitSet changedChunks = changedChunks(base.manifest());
    List<Block> changed = blocksOf(changedChunks);
    for (Block block : changed) {
      if (tensors.get(block.tensorIndex()) < 0) {
        warnings.add(
            "There is no difference against "
                + base.path()
                + ": tensor '"
                + block.tensor().name()
                + "' has none of its type and size there.");
        return Optional.empty();
      }
    }
    long plain = changedChunks.stream().mapToLong(i -> manifest.chunks().get(i).size()).sum();
    VersionDifference difference =
        new VersionDifference(base.digest(), tensors, code(changed, tensors, base));
    if (difference.bytes() < plain || changed.isEmpty()) {
      return Optional.of(difference);
    }
    warnings.add(
        "The difference against "
            + base.path()
            + " would take "
            + difference.bytes()
            + " bytes, the changed chunks take "
            + plain
            + ": it was left out.");
    return Optional.empty();
  }

  /** Chunks that are not in the base. */
  private BitSet changedChunks(Manifest base) {
    Set<Digest> known = new HashSet<>();
    base.chunks().forEach(chunk -> known.add(chunk.digest()));
    BitSet changed = new BitSet();
    List<ChunkSpec> chunks = manifest.chunks();
    for (int i = 0; i < chunks.size(); i++) {
      changed.set(i, !known.contains(chunks.get(i).digest()));
    }
    return changed;
  }

  private List<Block> blocksOf(BitSet chunks) {
    BitSet blocks = new BitSet();
    chunks.stream()
        .forEach(i -> manifest.lattice().blocksOf(i).forEach(block -> blocks.set(block.index())));
    return blocks.stream().mapToObj(manifest.blocks()::block).toList();
  }

  private List<DifferenceChunk> code(List<Block> blocks, List<Integer> tensors, PackageFile base)
      throws IOException {
    Path weights = directory.resolve("base.weights");
    Manifest old = base.manifest();
    WeightFile.assembleReference(old, base, weights);
    List<DifferenceChunk> chunks = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(weights)) {
      int done = 0;
      for (List<Block> run : runs(blocks)) {
        chunks.add(encode(run, tensors, old, channel));
        done += run.size();
        progress.update("coding differences", done, blocks.size());
      }
    } finally {
      Files.deleteIfExists(weights);
    }
    return chunks;
  }

  /** Runs of consecutive blocks, each of at most {@link #VALUE_BYTES} unless a block is larger. */
  static List<List<Block>> runs(List<Block> blocks) {
    List<List<Block>> runs = new ArrayList<>();
    List<Block> open = new ArrayList<>();
    long bytes = 0;
    for (Block block : blocks) {
      boolean gap = !open.isEmpty() && open.getLast().index() + 1 != block.index();
      if (gap || !open.isEmpty() && bytes + block.byteLength() > VALUE_BYTES) {
        runs.add(List.copyOf(open));
        open.clear();
        bytes = 0;
      }
      open.add(block);
      bytes += block.byteLength();
    }
    if (!open.isEmpty()) {
      runs.add(open);
    }
    return runs;
  }

  private DifferenceChunk encode(
      List<Block> blocks, List<Integer> tensors, Manifest base, FileChannel baseWeights)
      throws IOException {
    List<ByteBuffer> newer = new ArrayList<>();
    List<ByteBuffer> older = new ArrayList<>();
    for (Block block : blocks) {
      ByteBuffer values = buffer(block);
      weights.get(block.tensorIndex()).read(block.byteOffset(), values);
      newer.add(values.flip());
      ByteBuffer old = buffer(block);
      long start = base.blocks().offset(tensors.get(block.tensorIndex()));
      readFully(baseWeights, start + block.byteOffset(), old);
      older.add(old.flip());
    }
    byte[] chunk = DifferenceCodec.encode(blocks, newer, older, ZSTD_LEVEL);
    int first = blocks.getFirst().index();
    return new DifferenceChunk(spool.add(chunk), chunk.length, first, blocks.getLast().index() + 1);
  }

  private static ByteBuffer buffer(Block block) {
    return ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void readFully(FileChannel channel, long position, ByteBuffer into)
      throws IOException {
    while (into.hasRemaining()) {
      if (channel.read(into, position + into.position()) < 0) {
        throw new IOException("The base's weights end before byte " + position + ".");
      }
    }
  }
}
