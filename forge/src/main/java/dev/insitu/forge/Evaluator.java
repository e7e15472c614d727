package dev.insitu.forge;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.Agreement.Answers;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs sub-models on samples, one segment at a time: the memory is that of the largest segment and of the values that cross its ends.
 */
final class Evaluator {

  private static final int BATCH = 32;
  private static final long SMALL_SEGMENT = 64L << 20;

  private final Manifest manifest;
  private final ChunkSource chunks;
  private final Samples samples;
  private final Path directory;
  private final boolean batched;

  Evaluator(Manifest manifest, ChunkSource chunks, Samples samples, Path directory) {
    this.manifest = manifest;
    this.chunks = chunks;
    this.samples = samples;
    this.directory = directory;
    this.batched = manifest.inputs().stream().allMatch(this::takesBatches) && manifest.outputs().stream().allMatch(Evaluator::opensWithBatch);
  }

  private boolean takesBatches(ValueSpec input) {
    Column column = samples.columns().get(input.name());
    return column != null && column.shape().length > 0 && column.shape()[0] == 1 && opensWithBatch(input);
  }

  private static boolean opensWithBatch(ValueSpec value) {
    return value.ranked() && !value.dims().isEmpty() && value.dims().getFirst() == -1;
  }

  /**
   * The answers of a sub-model to all samples.
   *
   * @return the first float output, samples first
   */
  Answers answers(SubModel model) throws IOException {
    List<Map<String, Tensor>> values = inputs();
    for (int s = 0; s < manifest.segments().size(); s++) {
      runSegment(s, model, values);
    }
    return join(values);
  }

  private List<Map<String, Tensor>> inputs() {
    List<Map<String, Tensor>> batches = new ArrayList<>();
    int step = batched ? BATCH : 1;
    for (int from = 0; from < samples.count(); from += step) {
      int count = Math.min(step, samples.count() - from);
      Map<String, Tensor> batch = new HashMap<>();
      for (ValueSpec input : manifest.inputs()) {
        Column column = samples.columns().get(input.name());
        if (column == null) {
          throw new ForgeException("The samples lack input '" + input.name() + "'; they have " + samples.columns().keySet() + ".");
        }
        long[] shape = column.shape();
        if (batched) {
          shape[0] = count;
        }
        batch.put(input.name(), tensor(column, from, count, shape));
      }
      batches.add(batch);
    }
    return batches;
  }

  private static Tensor tensor(Column column, int from, int count, long[] shape) {
    ByteBuffer slice = column.slice(from, count);
    ByteBuffer direct = ByteBuffer.allocateDirect(slice.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    direct.put(slice).flip();
    return Tensor.wrap(column.type(), direct, shape);
  }

  private void runSegment(int index, SubModel model, List<Map<String, Tensor>> values) throws IOException {
    SegmentSpec segment = manifest.segments().get(index);
    Set<Integer> tensors = new HashSet<>(segment.tensors());
    Path place = Files.createTempDirectory(directory, "segment");
    Path weights = place.resolve("weights.bin");
    Path graph = place.resolve("graph.onnx");
    try {
      WeightFile.assemble(manifest, chunks, model, tensors::contains, weights);
      try (FileChannel out = FileChannel.open(graph, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer content = segment.graph();
        while (content.hasRemaining()) {
          out.write(content);
        }
      }
      try (OnnxRun session = OnnxRun.open(graph, weightBytes(segment) <= SMALL_SEGMENT)) {
        Set<String> later = neededAfter(index);
        for (Map<String, Tensor> batch : values) {
          Map<String, Tensor> inputs = new LinkedHashMap<>();
          segment.inputs().forEach(name -> inputs.put(name, batch.get(name)));
          batch.putAll(session.run(inputs));
          batch.keySet().retainAll(later);
        }
      }
    } finally {
      Files.deleteIfExists(weights);
      Files.deleteIfExists(graph);
      Files.deleteIfExists(place);
    }
  }

  private long weightBytes(SegmentSpec segment) {
    return segment.tensors().stream().mapToLong(tensor -> manifest.tensors().get(tensor).byteLength()).sum();
  }

  private Set<String> neededAfter(int index) {
    Set<String> needed = new HashSet<>();
    manifest.outputs().forEach(output -> needed.add(output.name()));
    manifest.segments().subList(index + 1, manifest.segments().size()).forEach(segment -> needed.addAll(segment.inputs()));
    return needed;
  }

  private Answers join(List<Map<String, Tensor>> batches) {
    String name = primaryOutput(batches.getFirst());
    long[] shape = batches.getFirst().get(name).shape();
    int total = 0;
    List<float[]> parts = new ArrayList<>();
    for (Map<String, Tensor> batch : batches) {
      float[] part = batch.get(name).floats();
      parts.add(part);
      total += part.length;
    }
    float[] values = new float[total];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, values, at, part.length);
      at += part.length;
    }
    boolean samplesFirst = shape.length > 0 && (batched || shape[0] == 1);
    long[] joined = samplesFirst ? shape.clone() : new long[] {samples.count(), total / samples.count()};
    joined[0] = samples.count();
    return new Answers(joined, values);
  }

  private String primaryOutput(Map<String, Tensor> batch) {
    return manifest.outputs().stream()
        .map(ValueSpec::name)
        .filter(name -> batch.get(name).type().floating())
        .findFirst()
        .orElseThrow(() -> new ForgeException("The model has no float output to measure agreement by.\nMaybe pack it with --no-profile."));
  }
}
