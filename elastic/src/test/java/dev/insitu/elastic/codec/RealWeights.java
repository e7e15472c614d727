package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Float32 matrices of a real ONNX model, found by just enough of the protobuf encoding. */
final class RealWeights {

  private static final int GRAPH = 7;
  private static final int INITIALIZER = 5;
  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int RAW_DATA = 9;

  private RealWeights() {}

  /** The convolutions and the matrix of a ResNet-20; empty if the data folder is not there. */
  static List<Sample> resnet20(int refinements) {
    Path data = dataFolder();
    Path model = data == null ? null : data.resolve("models/resnet20-cifar10/model.onnx");
    if (model == null || !Files.exists(model)) {
      return List.of();
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(model)).order(ByteOrder.LITTLE_ENDIAN);
      List<Sample> tensors = new ArrayList<>();
      for (ByteBuffer graph : fields(bytes, GRAPH)) {
        for (ByteBuffer tensor : fields(graph, INITIALIZER)) {
          addMatrix(tensor, refinements, tensors);
        }
      }
      return tensors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Path dataFolder() {
    String named = System.getProperty("INSITU_DATA", System.getenv("INSITU_DATA"));
    if (named != null) {
      return Path.of(named);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path sibling = at.resolveSibling("shared/data");
      if (at.getParent() != null && Files.isDirectory(sibling)) {
        return sibling;
      }
    }
    return null;
  }

  private static void addMatrix(ByteBuffer tensor, int refinements, List<Sample> tensors) {
    List<Long> dims = numbers(tensor, DIMS);
    List<ByteBuffer> raw = fields(tensor, RAW_DATA);
    boolean float32 = numbers(tensor, DATA_TYPE).equals(List.of(1L));
    if (!float32 || dims.size() < 2 || raw.isEmpty()) {
      return;
    }
    float[] weights = new float[raw.get(0).remaining() / 4];
    raw.get(0).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(weights);
    int rowLength = weights.length / Math.toIntExact(dims.get(0));
    tensors.add(Sample.floats(ElementType.FLOAT32, rowLength, refinements, weights));
  }

  private static List<ByteBuffer> fields(ByteBuffer message, int number) {
    List<ByteBuffer> found = new ArrayList<>();
    walk(message, number, found, new ArrayList<>());
    return found;
  }

  private static List<Long> numbers(ByteBuffer message, int number) {
    List<Long> found = new ArrayList<>();
    walk(message, number, new ArrayList<>(), found);
    return found;
  }

  /** Collects a field's values: packed or single numbers, messages, bytes. */
  private static void walk(
      ByteBuffer message, int number, List<ByteBuffer> messages, List<Long> numbers) {
    ByteBuffer at = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (at.hasRemaining()) {
      long key = varint(at);
      boolean wanted = key >>> 3 == number;
      switch ((int) key & 7) {
        case 0 -> {
          long value = varint(at);
          if (wanted) {
            numbers.add(value);
          }
        }
        case 1 -> at.position(at.position() + 8);
        case 2 -> {
          int length = Math.toIntExact(varint(at));
          if (wanted) {
            messages.add(at.slice().limit(length).slice());
          }
          at.position(at.position() + length);
        }
        default -> at.position(at.position() + 4);
      }
    }
  }

  private static long varint(ByteBuffer at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = at.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
