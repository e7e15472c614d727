package dev.insitu.benchmarks.scenarios;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Versions of a model that differ as after further training: every weight is multiplied by 1 plus a
 * small normal deviate. Only float32 weights inside the ONNX file change.
 */
final class FineTuned {

  /** A tensor with fewer elements is no weight of a layer. */
  private static final int LEAST_ELEMENTS = 64;

  private FineTuned() {}

  /** Whether the file has weights that can be changed. */
  static boolean isPossible(Path file) throws IOException {
    return lastMatrix(read(file).getGraph().getInitializerList()) >= 0;
  }

  /**
   * All weights change.
   *
   * @param deviation standard deviation of the change, as a share of each weight
   */
  static void everywhere(Path from, Path to, double deviation, long seed) throws IOException {
    change(from, to, deviation, seed, false);
  }

  /** The last layer's weights change: those of the last matrix in the file. */
  static void lastLayer(Path from, Path to, double deviation, long seed) throws IOException {
    change(from, to, deviation, seed, true);
  }

  private static void change(Path from, Path to, double deviation, long seed, boolean lastOnly)
      throws IOException {
    ModelProto model = read(from);
    List<TensorProto> weights = model.getGraph().getInitializerList();
    int last = lastMatrix(weights);
    if (last < 0) {
      throw new IOException(
          from + " has no float32 weights of its own to change.\nMaybe they are external data.");
    }
    SplittableRandom random = new SplittableRandom(seed);
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = lastOnly ? last : 0; i < weights.size(); i++) {
      if (isWeight(weights.get(i)) && (!lastOnly || i == last)) {
        graph.setInitializer(i, changed(weights.get(i), deviation, random));
      }
    }
    Files.write(to, model.toBuilder().setGraph(graph).build().toByteArray());
  }

  private static ModelProto read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return ModelProto.parseFrom(in);
    }
  }

  private static int lastMatrix(List<TensorProto> weights) {
    for (int i = weights.size() - 1; i >= 0; i--) {
      if (isWeight(weights.get(i)) && weights.get(i).getDimsCount() >= 2) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isWeight(TensorProto tensor) {
    return tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE
        && tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL
        && elements(tensor) >= LEAST_ELEMENTS;
  }

  private static long elements(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }

  private static TensorProto changed(
      TensorProto tensor, double deviation, SplittableRandom random) {
    if (!tensor.hasRawData()) {
      TensorProto.Builder made = tensor.toBuilder();
      for (int i = 0; i < made.getFloatDataCount(); i++) {
        made.setFloatData(i, changed(made.getFloatData(i), deviation, random));
      }
      return made.build();
    }
    ByteBuffer bytes = ByteBuffer.wrap(tensor.getRawData().toByteArray());
    FloatBuffer values = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int i = 0; i < values.limit(); i++) {
      values.put(i, changed(values.get(i), deviation, random));
    }
    return tensor.toBuilder().setRawData(ByteString.copyFrom(bytes)).build();
  }

  private static float changed(float value, double deviation, SplittableRandom random) {
    return (float) (value * (1 + deviation * random.nextGaussian()));
  }
}
