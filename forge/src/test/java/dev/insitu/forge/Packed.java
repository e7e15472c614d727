package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A model and its package, to be compared. */
final class Packed implements AutoCloseable {

  private final Path model;
  private final Path directory;
  private final Forge.Result result;
  private final PackageFile file;

  private Packed(Path model, Path directory, Forge.Result result, PackageFile file) {
    this.model = model;
    this.directory = directory;
    this.result = result;
    this.file = file;
  }

  /** Packs a model into a new directory below {@code folder}. */
  static Packed of(Path model, Path folder, ForgeOptions options) throws IOException {
    Path directory = Files.createTempDirectory(folder, "packed");
    Path target = directory.resolve("model.insitu");
    Forge.Result result = Forge.pack(model, target, options, ForgeProgress.NONE);
    assertEquals(List.of(target), list(directory), "temporary files are gone");
    return new Packed(model, directory, result, PackageFile.open(target, Trust.anybody()));
  }

  static Packed of(Path model, Path folder) throws IOException {
    return of(model, folder, ForgeOptions.of("test", "1"));
  }

  static List<Path> list(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  Forge.Result result() {
    return result;
  }

  Manifest manifest() {
    return file.manifest();
  }

  PackageFile file() {
    return file;
  }

  SubModel whole() {
    return SubModel.whole(manifest());
  }

  Set<Digest> digests() {
    return manifest().chunks().stream()
        .map(ChunkSpec::digest)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Everything that holds for every package. */
  void check() throws IOException {
    assertEquals(result.digest(), file.digest());
    assertEquals(result.manifestBytes(), file.manifestBytes().length);
    assertPrefixesAreClosed();
    assertChunkSizes();
    assertWeightsReturn();
  }

  /** Every chunk of the canonical order stands after what it needs; the base stands first. */
  void assertPrefixesAreClosed() {
    int group = 0;
    for (int i = 0; i < manifest().chunks().size(); i++) {
      for (int need : manifest().lattice().needs(i)) {
        assertTrue(need < i, "chunk " + i + " needs chunk " + need);
      }
      assertTrue(manifest().chunks().get(i).group() > 0 || group == 0, "the base is in one piece");
      group = Math.max(group, manifest().chunks().get(i).group());
    }
  }

  /**
   * Of each group only the last chunk is small, or one that covers all it may; in a package of
   * several widths the last of each width.
   */
  void assertChunkSizes() {
    for (int group = 0; group <= manifest().losslessGroup(); group++) {
      int[] chunks = manifest().lattice().chunksOf(group);
      for (int i = 0; i < chunks.length; i++) {
        ChunkSpec chunk = manifest().chunks().get(chunks[i]);
        long values =
            manifest().lattice().blocksOf(chunks[i]).stream().mapToLong(b -> b.byteLength()).sum();
        boolean last = i == chunks.length - 1 || width(chunks[i]) != width(chunks[i + 1]);
        boolean mayBeSmall = last || values > ChunkSpec.MAX_VALUE_BYTES / 2;
        assertTrue(mayBeSmall || chunk.size() >= 16 << 10, "a chunk of " + chunk.size());
        assertTrue(chunk.size() <= ChunkSpec.MAX_BYTES);
      }
    }
  }

  /** The narrowest width that uses a chunk. */
  private int width(int chunk) {
    int width = 0;
    while (!manifest().atWidth(width).usedChunks().get(chunk)) {
      width++;
    }
    return width;
  }

  /** The whole package gives the root's weights bit for bit. */
  void assertWeightsReturn() throws IOException {
    Path reference = directory.resolve("reference.bin");
    WeightFile.assembleReference(manifest(), file, reference);
    assertEquals(manifest().header().reference(), WeightFile.digest(manifest(), reference));
    Files.delete(reference);
    Path weights = assemble(whole());
    Map<String, Integer> tensors = new HashMap<>();
    for (int t = 0; t < manifest().tensors().size(); t++) {
      tensors.put(manifest().tensors().get(t).name(), t);
    }
    try (OnnxModel root = OnnxModel.open(model);
        FileChannel channel = FileChannel.open(weights)) {
      assertEquals(Digest.of(root.sha256()), manifest().header().root());
      int parts =
          manifest().widthTable().joined().stream().mapToInt(j -> j.parts().size() - 1).sum();
      assertEquals(root.weights().size(), manifest().tensors().size() - parts);
      for (Weight weight : root.weights()) {
        ByteBuffer expected = ByteBuffer.allocate((int) weight.byteLength());
        weight.read(0, expected);
        ByteBuffer actual = ByteBuffer.allocate((int) weight.byteLength());
        while (actual.hasRemaining()) {
          long at = manifest().layout().offset(tensors.get(weight.name())) + actual.position();
          assertTrue(channel.read(actual, at) >= 0, weight.name() + " is short");
        }
        assertEquals(expected.flip(), actual.flip(), weight.name());
      }
    } finally {
      Files.delete(weights);
    }
  }

  private Path assemble(SubModel model) throws IOException {
    Path weights = directory.resolve("weights.bin");
    Files.deleteIfExists(weights);
    WeightFile.assemble(model.manifest(), file, model, tensor -> true, weights);
    return weights;
  }

  /** The root's own answers. */
  Map<String, Tensor> root(Map<String, Tensor> inputs, Optimisation optimisation) {
    try (GraphRun root = GraphRun.open(model, optimisation)) {
      return root.run(inputs);
    }
  }

  /** A sub-model's answers, as one graph. */
  Map<String, Tensor> fused(SubModel model, Map<String, Tensor> inputs, Optimisation optimisation)
      throws IOException {
    Path weights = assemble(model);
    Path graph = write("fused.onnx", model.manifest().fusedGraph());
    try (GraphRun run = GraphRun.open(graph, optimisation)) {
      return run.run(inputs);
    } finally {
      Files.delete(weights);
    }
  }

  /** A sub-model's answers, segment after segment. */
  Map<String, Tensor> chained(SubModel model, Map<String, Tensor> inputs, Optimisation optimisation)
      throws IOException {
    Map<String, Tensor> values = values(model, inputs, optimisation);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    manifest().outputs().forEach(output -> outputs.put(output.name(), values.get(output.name())));
    return outputs;
  }

  /** What a sub-model's segments and heads make, one after another. */
  Map<String, Tensor> values(SubModel model, Map<String, Tensor> inputs, Optimisation optimisation)
      throws IOException {
    Path weights = assemble(model);
    Map<String, Tensor> values = new HashMap<>(inputs);
    List<SegmentSpec> steps = new ArrayList<>();
    for (int i = 0; i < model.manifest().segments().size(); i++) {
      steps.add(model.manifest().segments().get(i));
      model.manifest().exitAt(i + 1).ifPresent(exit -> steps.add(exit.head()));
    }
    for (int i = 0; i < steps.size(); i++) {
      SegmentSpec segment = steps.get(i);
      Map<String, Tensor> fed = new HashMap<>(values);
      fed.keySet().retainAll(segment.inputs());
      try (GraphRun run =
          GraphRun.open(write("segment" + i + ".onnx", segment.graph()), optimisation)) {
        values.putAll(run.run(fed));
      }
    }
    Files.delete(weights);
    return values;
  }

  private Path write(String name, ByteBuffer graph) throws IOException {
    byte[] bytes = new byte[graph.remaining()];
    graph.get(bytes);
    return Files.write(directory.resolve(name), bytes);
  }

  /** One session computes the root's answers bit for bit, a chain of segments nearly so. */
  void assertAnswersReturn(Map<String, Tensor> inputs, Optimisation optimisation)
      throws IOException {
    Map<String, Tensor> expected = root(inputs, optimisation);
    assertEquals(expected, fused(whole(), inputs, optimisation));
    Map<String, Tensor> actual = chained(whole(), inputs, optimisation);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, value) -> assertNear(name, value, actual.get(name)));
  }

  /** Integers are equal, floats within 1e-5 of the largest magnitude. */
  static void assertNear(String name, Tensor expected, Tensor actual) {
    assertEquals(expected.type(), actual.type(), name);
    assertArrayEquals(expected.shape(), actual.shape(), name);
    if (!expected.type().floating()) {
      assertEquals(expected, actual, name);
      return;
    }
    float[] reference = expected.floats();
    float[] values = actual.floats();
    float largest = 0;
    float apart = 0;
    for (int i = 0; i < reference.length; i++) {
      largest = Math.max(largest, Math.abs(reference[i]));
      apart = Math.max(apart, Math.abs(reference[i] - values[i])); // NaN sticks
    }
    assertTrue(apart <= 1e-5f * largest, name + " differs by " + apart + " of " + largest);
  }

  /** Names of tensors whose chunks are all in the other package too. */
  List<String> tensorsKeptIn(Packed other) {
    Set<Digest> known = other.digests();
    List<String> kept = new ArrayList<>();
    for (int t = 0; t < manifest().tensors().size(); t++) {
      int tensor = t;
      boolean all = true;
      for (int group = 0; group <= manifest().losslessGroup(); group++) {
        all &=
            manifest()
                .lattice()
                .chunksOf(tensor, group)
                .allMatch(chunk -> known.contains(manifest().chunks().get(chunk).digest()));
      }
      if (all) {
        kept.add(manifest().tensors().get(t).name());
      }
    }
    return kept;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
