package dev.insitu.server;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.model.PlainOnnx;
import dev.insitu.model.SegmentJoin;
import dev.insitu.runtime.WeightFile;
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

  private final Path directory;

  /**
   * @param directory for exported files and temporary weight files
   */
  public SubModelExporter(Path directory) {
    this.directory = directory;
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
    Set<Integer> tensors = new HashSet<>();
    manifest.segments().subList(0, depth).forEach(segment -> tensors.addAll(segment.tensors()));
    manifest.exitAt(depth).ifPresent(exit -> tensors.addAll(exit.head().tensors()));
    Files.createDirectories(directory);
    Path weights = Files.createTempFile(directory, "export", ".weights");
    Files.delete(weights); // only its name was wanted
    try {
      WeightFile.assemble(manifest, chunks, model, tensors::contains, weights);
      try (FileChannel channel = FileChannel.open(weights)) {
        PlainOnnx.write(graph(manifest, depth), (offset, into) -> read(channel, offset, into), out);
      }
    } finally {
      Files.deleteIfExists(weights);
    }
  }

  private static byte[] graph(Manifest manifest, int depth) {
    if (depth == manifest.segments().size()) {
      return bytes(manifest.fusedGraph());
    }
    List<SegmentSpec> segments = manifest.segments().subList(0, depth);
    List<byte[]> graphs = segments.stream().map(segment -> bytes(segment.graph())).toList();
    Optional<ExitSpec> exit = manifest.exitAt(depth);
    if (exit.isPresent()) {
      SegmentSpec head = exit.get().head();
      List<String> outputs = manifest.outputs().stream().map(ValueSpec::name).toList();
      return SegmentJoin.join(graphs, bytes(head.graph()), head.outputs(), outputs);
    }
    return SegmentJoin.join(graphs, crossing(manifest, depth));
  }

  /** What the segments give to the next ones, and which of the model's outputs they make. */
  private static List<String> crossing(Manifest manifest, int depth) {
    Set<String> wanted = new HashSet<>();
    manifest.outputs().forEach(output -> wanted.add(output.name()));
    manifest
        .segments()
        .subList(depth, manifest.segments().size())
        .forEach(segment -> wanted.addAll(segment.inputs()));
    return manifest.segments().subList(0, depth).stream()
        .flatMap(segment -> segment.outputs().stream())
        .filter(wanted::contains)
        .distinct()
        .toList();
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
