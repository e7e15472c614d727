package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.model.Weight;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
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
    try (FileChannel channel = FileChannel.open(weights)) {
      DifferenceCoder.Values before =
          (block, into) -> {
            long start = old.blocks().offset(tensors.get(block.tensorIndex()));
            readFully(channel, start + block.byteOffset(), into);
          };
      return new DifferenceCoder(DifferenceCoder.of(this.weights), before, spool)
          .code(blocks, done -> progress.update("coding differences", done, blocks.size()));
    } finally {
      Files.deleteIfExists(weights);
    }
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
