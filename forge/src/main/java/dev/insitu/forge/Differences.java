package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Codes a version's weights against those of earlier versions (format, section 7). */
final class Differences {

  private static final int LEVEL = 19;
  private static final int CHUNK_BYTES = 512 << 10; // of values; so chunks stay within their limit even where nothing compresses

  private final OnnxModel root;
  private final Manifest manifest;
  private final ChunkSpool spool;
  private final Path directory;
  private final ForgeProgress progress;

  Differences(OnnxModel root, Manifest manifest, ChunkSpool spool, Path directory, ForgeProgress progress) {
    this.root = root;
    this.manifest = manifest;
    this.spool = spool;
    this.directory = directory;
    this.progress = progress;
  }

  /** A difference against each base, whole packages all. */
  List<VersionDifference> against(List<PackageFile> bases) throws IOException {
    List<VersionDifference> differences = new ArrayList<>();
    for (PackageFile base : bases) {
      if (base.chunksPresent() < base.manifest().chunks().size()) {
        throw new ForgeException(
            base.path() + " holds only " + base.chunksPresent() + " of its " + base.manifest().chunks().size()
                + " chunks.\nMaybe fetch it whole: differences are against whole versions.");
      }
      differences.add(against(base));
    }
    return differences;
  }

  private VersionDifference against(PackageFile base) throws IOException {
    List<Integer> tensors = matchTensors(manifest.tensors(), base.manifest().tensors());
    List<Block> changed = changedBlocks(base.manifest());
    Path weights = Files.createTempFile(directory, "base", ".weights");
    Files.delete(weights);
    WeightFile.assemble(base.manifest(), base, SubModel.whole(base.manifest()), tensor -> true, weights);
    List<DifferenceChunk> chunks = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(weights)) {
      List<Block> open = new ArrayList<>();
      long openBytes = 0;
      for (int i = 0; i < changed.size(); i++) {
        Block block = changed.get(i);
        boolean gap = !open.isEmpty() && open.getLast().index() + 1 != block.index();
        if (gap || openBytes + block.byteLength() > CHUNK_BYTES && !open.isEmpty()) {
          chunks.add(encode(open, tensors, base.manifest(), channel));
          open.clear();
          openBytes = 0;
        }
        open.add(block);
        openBytes += block.byteLength();
        progress.update("coding differences", i + 1, changed.size());
      }
      if (!open.isEmpty()) {
        chunks.add(encode(open, tensors, base.manifest(), channel));
      }
    }
    Files.deleteIfExists(weights);
    return new VersionDifference(base.digest(), tensors, chunks);
  }

  /** Tensors of the base by name where type and size are the same, else by their order among those left. */
  static List<Integer> matchTensors(List<TensorSpec> mine, List<TensorSpec> others) {
    Map<String, Integer> byName = new HashMap<>();
    for (int i = 0; i < others.size(); i++) {
      byName.put(others.get(i).name(), i);
    }
    Integer[] match = new Integer[mine.size()];
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < match.length; i++) {
      Integer other = byName.get(mine.get(i).name());
      if (other != null && sameShape(mine.get(i), others.get(other))) {
        match[i] = other;
        used.add(other);
      }
    }
    int next = 0;
    for (int i = 0; i < match.length; i++) {
      for (int other = next; match[i] == null && other < others.size(); other++) {
        if (!used.contains(other) && sameShape(mine.get(i), others.get(other))) {
          match[i] = other;
          used.add(other);
          next = other + 1;
        }
      }
    }
    List<Integer> result = new ArrayList<>();
    for (Integer m : match) {
      result.add(m == null ? -1 : m);
    }
    return result;
  }

  private static boolean sameShape(TensorSpec a, TensorSpec b) {
    return a.type() == b.type() && a.coding() == b.coding() && a.length() == b.length();
  }

  /** Blocks of which a chunk is not in the base. */
  private List<Block> changedBlocks(Manifest base) {
    Set<Digest> known = new HashSet<>();
    base.chunks().forEach(chunk -> known.add(chunk.digest()));
    BitSet changed = new BitSet();
    for (int i = 0; i < manifest.chunks().size(); i++) {
      ChunkSpec chunk = manifest.chunks().get(i);
      if (!known.contains(chunk.digest())) {
        manifest.lattice().blocksOf(i).forEach(block -> changed.set(block.index()));
      }
    }
    return changed.stream().mapToObj(manifest.blocks()::block).toList();
  }

  private DifferenceChunk encode(List<Block> blocks, List<Integer> tensors, Manifest base, FileChannel baseWeights) throws IOException {
    List<ByteBuffer> mine = new ArrayList<>();
    List<ByteBuffer> theirs = new ArrayList<>();
    BlockTable baseBlocks = base.blocks();
    for (Block block : blocks) {
      ByteBuffer values = ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
      root.weights().get(block.tensorIndex()).read(block.byteOffset(), values);
      mine.add(values.flip());
      ByteBuffer old = ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
      int tensor = tensors.get(block.tensorIndex());
      long offset = tensor < 0 ? 0 : baseBlocks.offset(tensor) + block.byteOffset();
      while (tensor >= 0 && old.hasRemaining() && baseWeights.read(old, offset + old.position()) >= 0) {
        continue;
      }
      theirs.add(old.clear()); // of a tensor without a match: zeros
    }
    byte[] chunk = DifferenceCodec.encode(blocks, mine, theirs, LEVEL);
    Digest digest = spool.add(chunk);
    return new DifferenceChunk(digest, chunk.length, blocks.getFirst().index(), blocks.getLast().index() + 1);
  }
}
