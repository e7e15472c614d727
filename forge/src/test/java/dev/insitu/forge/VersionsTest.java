package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two versions of a model share, and differences between them. */
class VersionsTest {

  private static final int LAYERS = 8;
  private static final int LARGE = 400; // a layer's plane is a chunk of its own
  private static final int SMALL = 150; // several layers share a chunk

  @TempDir Path folder;

  private static List<float[]> layers(int size, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, LAYERS)
        .mapToObj(i -> Onnx.normal(random, size * size, 0.05))
        .toList();
  }

  private static List<float[]> changed(List<float[]> layers, int layer) {
    List<float[]> result = new ArrayList<>(layers);
    result.set(layer, Onnx.normal(new Random(99), layers.get(layer).length, 0.05));
    return result;
  }

  /** Every weight moved by about a thousandth of its size, as fine-tuning does. */
  private static List<float[]> tuned(List<float[]> layers) {
    Random random = new Random(98);
    return layers.stream()
        .map(values -> {
          float[] moved = values.clone();
          for (int i = 0; i < moved.length; i++) {
            moved[i] *= (float) (1 + 1e-3 * random.nextGaussian());
          }
          return moved;
        })
        .toList();
  }

  private Packed pack(String version, String prefix, List<float[]> layers, Packed... bases)
      throws IOException {
    List<TensorProto.Builder> weights = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      int size = (int) Math.sqrt(layers.get(i).length);
      weights.add(Onnx.floats(prefix + i, layers.get(i), size, size));
    }
    Path file = Onnx.write(Onnx.chain(weights), folder.resolve(version + ".onnx"));
    return Packed.of(
        file,
        folder,
        ForgeOptions.of("net", version)
            .withBases(java.util.Arrays.stream(bases).map(Packed::file).toList()));
  }

  @Test
  void aChangedLayerLeavesAllOtherLayersTheirChunks() throws IOException {
    List<float[]> layers = layers(LARGE, 1);
    try (Packed base = pack("1", "w", layers)) {
      for (int layer : new int[] {0, 3, LAYERS - 1}) {
        try (Packed next = pack("2-" + layer, "w", changed(layers, layer))) {
          List<String> expected = new ArrayList<>();
          IntStream.range(0, LAYERS).filter(i -> i != layer).forEach(i -> expected.add("w" + i));
          assertEquals(expected, next.tensorsKeptIn(base));
        }
      }
    }
  }

  @Test
  void aSmallChangedLayerTakesOnlyItsNeighboursAlong() throws IOException {
    List<float[]> layers = new ArrayList<>(layers(SMALL, 2));
    layers.addAll(layers(SMALL, 3));
    try (Packed base = pack("1", "w", layers)) {
      for (int layer : new int[] {0, 7, layers.size() - 1}) {
        try (Packed next = pack("2-" + layer, "w", changed(layers, layer))) {
          long known = next.digests().stream().filter(base.digests()::contains).count();
          double share = (double) known / next.digests().size();
          assertTrue(share > 0.7, "layer " + layer + " keeps " + share + " of all chunks");
        }
      }
    }
  }

  @Test
  void fineTuningIsCheaperAsADifference() throws IOException {
    List<float[]> layers = layers(LARGE, 4);
    try (Packed base = pack("1", "w", layers);
        Packed next = pack("2", "w", tuned(layers), base)) {
      VersionDifference difference = difference(next, base);
      assertEquals(next.manifest().header().reference(), rebuild(next, base));
      double share = (double) difference.bytes() / next.manifest().chunkBytes();
      assertTrue(share < 0.65, "the difference takes " + share + " of the chunks");
      assertEquals(List.of(), next.result().warnings());
      next.check();
    }
  }

  @Test
  void onlyChangedLayersAreInADifference() throws IOException {
    List<float[]> layers = layers(SMALL, 5);
    List<float[]> one = new ArrayList<>(layers);
    one.set(2, tuned(layers).get(2));
    try (Packed base = pack("1", "w", layers);
        Packed next = pack("2", "w", one, base)) {
      assertEquals(next.manifest().header().reference(), rebuild(next, base));
      long layer = 4L * SMALL * SMALL;
      assertTrue(difference(next, base).bytes() < layer, difference(next, base).bytes() + " bytes");
    }
  }

  @Test
  void renamedWeightsCostNothing() throws IOException {
    List<float[]> layers = layers(SMALL, 6);
    try (Packed base = pack("1", "w", layers);
        Packed next = pack("2", "renamed", layers, base)) {
      VersionDifference difference = difference(next, base);
      assertEquals(0, difference.bytes());
      assertEquals(IntStream.range(0, LAYERS).boxed().toList(), difference.baseTensors());
      assertEquals(next.manifest().header().reference(), rebuild(next, base));
    }
  }

  @Test
  void aPackageCanHaveDifferencesAgainstSeveralVersions() throws IOException {
    List<float[]> layers = layers(SMALL, 7);
    try (Packed first = pack("1", "w", layers);
        Packed second = pack("2", "w", changed(layers, 1), first);
        Packed third = pack("3", "w", tuned(changed(layers, 1)), first, second)) {
      assertEquals(2, third.manifest().differences().size());
      assertEquals(third.manifest().header().reference(), rebuild(third, first));
      assertEquals(third.manifest().header().reference(), rebuild(third, second));
      assertTrue(difference(third, second).bytes() < difference(third, first).bytes());
    }
  }

  @Test
  void aTensorOfANewSizeLeavesNoDifference() throws IOException {
    List<float[]> layers = layers(SMALL, 8);
    List<float[]> fewer = layers.subList(0, 3);
    try (Packed base = pack("1", "w", fewer);
        Packed next = pack("2", "w", layers, base)) {
      assertEquals(List.of(), next.manifest().differences());
      String warning = next.result().warnings().getFirst();
      assertTrue(warning.contains("tensor 'w3' has none of its type and size"), warning);
      next.check();
    }
  }

  @Test
  void aDifferenceThatSavesNothingIsLeftOut() throws IOException {
    try (Packed base = pack("1", "w", layers(SMALL, 9));
        Packed next = pack("2", "w", layers(SMALL, 10), base)) {
      assertEquals(List.of(), next.manifest().differences());
      assertTrue(next.result().warnings().getFirst().contains("left out"));
      next.check();
    }
  }

  private static VersionDifference difference(Packed next, Packed base) {
    VersionDifference found =
        next.manifest().differences().stream()
            .filter(difference -> difference.base().equals(base.result().digest()))
            .findFirst()
            .orElseThrow();
    found.requireFits(next.manifest(), base.manifest());
    return found;
  }

  /** The digest of the new version's values made of the base's and the difference alone. */
  private Digest rebuild(Packed next, Packed base) throws IOException {
    VersionDifference difference = difference(next, base);
    byte[] old = baseWeights(base);
    Map<Integer, ByteBuffer> decoded = new HashMap<>();
    for (DifferenceChunk chunk : difference.chunks()) {
      decoded.putAll(decode(chunk, difference, next, base.manifest(), old));
    }
    MessageDigest sha = Digest.newSha256();
    BlockTable blocks = next.manifest().blocks();
    for (int b = 0; b < blocks.blockCount(); b++) {
      ByteBuffer values = decoded.get(b);
      sha.update(values != null ? values : base(blocks.block(b), difference, base.manifest(), old));
    }
    return Digest.of(sha.digest());
  }

  private byte[] baseWeights(Packed base) throws IOException {
    Path file = folder.resolve("base.weights");
    SubModel whole = base.whole();
    WeightFile.assemble(base.manifest(), base.file(), whole, tensor -> true, file);
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private static ByteBuffer base(
      Block block, VersionDifference difference, Manifest base, byte[] old) {
    int tensor = difference.baseTensors().get(block.tensorIndex());
    int start = (int) (base.blocks().offset(tensor) + block.byteOffset());
    return ByteBuffer.wrap(old, start, block.byteLength()).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Map<Integer, ByteBuffer> decode(
      DifferenceChunk chunk, VersionDifference difference, Packed next, Manifest base, byte[] old)
      throws IOException {
    List<Block> blocks =
        IntStream.range(chunk.firstBlock(), chunk.endBlock())
            .mapToObj(next.manifest().blocks()::block)
            .toList();
    List<ByteBuffer> before =
        blocks.stream().map(block -> base(block, difference, base, old)).toList();
    List<ByteBuffer> after =
        blocks.stream()
            .map(block -> ByteBuffer.allocate(block.byteLength()).order(ByteOrder.LITTLE_ENDIAN))
            .toList();
    DifferenceCodec.decode(blocks, before, next.file().read(chunk.digest(), chunk.size()), after);
    Map<Integer, ByteBuffer> decoded = new HashMap<>();
    for (int i = 0; i < blocks.size(); i++) {
      decoded.put(blocks.get(i).index(), after.get(i).rewind());
    }
    return decoded;
  }
}
