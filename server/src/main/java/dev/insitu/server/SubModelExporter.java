package dev.insitu.server;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.model.PlainOnnx;
import dev.insitu.model.SegmentJoin;
import dev.insitu.runtime.KeptRootFile;
import dev.insitu.runtime.WeightFile;
import dev.insitu.runtime.WeightMemory;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes sub-models as plain ONNX files: the weights at the sub-model's precision, the graph up to
 * its depth. A model that ends at an exit gives the root's outputs by their own names; one of less
 * depth without an exit gives the values that the next segment would read.
 */
public final class SubModelExporter implements OnnxExporter {

  private static final long MOST_IN_MEMORY = 512L << 20;

  private final Path directory;
  private final long mostInMemory;

  /**
   * Puts models together in memory if their weights are a quarter of the heap and 512 MiB at most.
   *
   * @param directory for exported files and temporary weight files
   */
  public SubModelExporter(Path directory) {
    this(directory, Math.min(MOST_IN_MEMORY, Runtime.getRuntime().maxMemory() / 4));
  }

  /**
   * @param mostInMemory bytes of weights; more are put together in a file, which takes longer but
   *     little memory
   */
  public SubModelExporter(Path directory, long mostInMemory) {
    this.directory = directory;
    this.mostInMemory = mostInMemory;
  }

  @Override
  public Path export(Manifest manifest, ChunkSource chunks, SubModel model, int depth)
      throws IOException {
    Files.createDirectories(directory);
    Path out = Files.createTempFile(directory, manifest.name() + "-", ".onnx");
    exportTo(out, manifest, chunks, model, depth);
    return out;
  }

  /** Exports the deepest model that answers, or without any the segments that run. */
  public void exportTo(Path out, Manifest manifest, ChunkSource chunks, SubModel model)
      throws IOException {
    int answering = model.answeringDepth();
    int depth = answering > 0 ? answering : model.runnableSegments();
    exportTo(out, manifest, chunks, model, depth);
  }

  /**
   * Exports to a file, which is replaced when the new one is complete.
   *
   * @param depth how many segments; below all of them with the exit there, if there is one
   */
  public void exportTo(Path out, Manifest manifest, ChunkSource chunks, SubModel model, int depth)
      throws IOException {
    Optional<ExitSpec> exit = manifest.exitAt(depth);
    if (exit.isEmpty()) {
      exportPart(out, manifest, chunks, model, 0, depth);
      return;
    }
    List<SegmentSpec> segments = manifest.segments().subList(0, depth);
    SegmentSpec head = exit.get().head();
    List<String> outputs = manifest.outputs().stream().map(ValueSpec::name).toList();
    byte[] graph = SegmentJoin.join(graphs(segments), bytes(head.graph()), head.outputs(), outputs);
    Set<Integer> tensors = tensors(segments);
    tensors.addAll(head.tensors());
    write(out, manifest, chunks, model, graph, tensors);
  }

  /**
   * Exports the segments between two cuts, without exits. The file's inputs are the values at the
   * first cut that these segments read, in the order of {@link Cuts}; its outputs those of the
   * second that they make, or of the model's outputs.
   *
   * @param from the first segment
   * @param to the segment after the last, at most the number of segments
   * @throws ElasticException INVALID if there are no such segments
   */
  public void exportPart(
      Path out, Manifest manifest, ChunkSource chunks, SubModel model, int from, int to)
      throws IOException {
    int all = manifest.segments().size();
    if (from < 0 || from >= to || to > all) {
      throw ElasticException.invalid(
          "The segments from "
              + from
              + " up to "
              + to
              + " were asked for; the package has the segments 0 to "
              + (all - 1)
              + ".");
    }
    List<SegmentSpec> segments = manifest.segments().subList(from, to);
    byte[] graph = from == 0 && to == all ? bytes(manifest.fusedGraph()) : part(manifest, from, to);
    write(out, manifest, chunks, model, graph, tensors(segments));
  }

  /**
   * Exports the model that a re-trained family comes from.
   *
   * @param chunks gives all chunks of the package
   * @throws ElasticException INVALID if the package does not hold it, CORRUPT if its values are not
   *     what they should be
   */
  public void exportRoot(Path out, Manifest manifest, ChunkSource chunks) throws IOException {
    KeptRoot root =
        manifest
            .keptRoot()
            .orElseThrow(() ->
                ElasticException.invalid(
                    "'"
                        + manifest.name()
                        + "' does not hold the model that it comes from."
                        + "\nMaybe make it with 'insitu forge --keep-root'."));
    byte[] graph = root.graph(manifest, chunks);
    write(out, graph, weights -> KeptRootFile.assemble(manifest, root, chunks, weights));
  }

  private static byte[] part(Manifest manifest, int from, int to) {
    Cuts cuts = Cuts.of(manifest);
    List<SegmentSpec> segments = manifest.segments().subList(from, to);
    Set<String> wanted = new HashSet<>(cuts.before(to));
    List<String> outputs =
        segments.stream()
            .flatMap(segment -> segment.outputs().stream())
            .filter(wanted::contains)
            .distinct()
            .toList();
    return SegmentJoin.join(graphs(segments), cuts.before(from), outputs);
  }

  private void write(
      Path out,
      Manifest manifest,
      ChunkSource chunks,
      SubModel model,
      byte[] graph,
      Set<Integer> tensors)
      throws IOException {
    if (WeightMemory.bytes(manifest, tensors::contains) <= mostInMemory) {
      WeightMemory weights = WeightMemory.assemble(manifest, chunks, model, tensors::contains);
      PlainOnnx.write(graph, weights::read, out);
      return;
    }
    write(
        out,
        graph,
        weights -> WeightFile.assemble(manifest, chunks, model, tensors::contains, weights));
  }

  /** Makes a weight file, which must not exist before. */
  private interface Weights {
    void make(Path file) throws IOException;
  }

  private void write(Path out, byte[] graph, Weights made) throws IOException {
    Files.createDirectories(directory);
    Path weights = Files.createTempFile(directory, "export", ".weights");
    Files.delete(weights); // only its name was wanted
    try {
      made.make(weights);
      try (FileChannel channel = FileChannel.open(weights)) {
        PlainOnnx.write(graph, (offset, into) -> read(channel, offset, into), out);
      }
    } finally {
      Files.deleteIfExists(weights);
    }
  }

  private static Set<Integer> tensors(List<SegmentSpec> segments) {
    Set<Integer> tensors = new HashSet<>();
    segments.forEach(segment -> tensors.addAll(segment.tensors()));
    return tensors;
  }

  private static List<byte[]> graphs(List<SegmentSpec> segments) {
    return segments.stream().map(segment -> bytes(segment.graph())).toList();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static void read(FileChannel channel, long offset, ByteBuffer into) {
    try {
      long position = offset;
      while (into.hasRemaining()) {
        int read = channel.read(into, position);
        if (read < 0) {
          throw new EOFException("The weight file ends at byte " + position + ".");
        }
        position += read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
