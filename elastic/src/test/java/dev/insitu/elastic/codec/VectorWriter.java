package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes {@code chunks.txt} of the test vectors. Run only for a new version of the payload:
 * existing vectors never change. Argument: the file.
 */
final class VectorWriter {

  private final List<String> lines = new ArrayList<>();

  private VectorWriter() {}

  public static void main(String[] arguments) throws IOException {
    VectorWriter writer = new VectorWriter();
    writer.small();
    writer.methods();
    Files.write(Path.of(arguments[0]), writer.lines);
  }

  private void small() {
    float[] weights = {
      0f, -0f, 0.5f, -0.5f, 0.49999997f, 1f, -1.25f, 3.999f, 1e-40f, -7f, 15.5f, 0.0625f
    };
    add("float32", 2, 2, Sample.floats(ElementType.FLOAT32, 5, 2, weights));
    add("float16", 2, 2, Sample.floats(ElementType.FLOAT16, 5, 2, weights));
    add("bfloat16", 2, 2, Sample.floats(ElementType.BFLOAT16, 5, 2, weights));
    byte[] integers = {-128, -127, -64, -3, -1, 0, 1, 2, 31, 100, 127};
    add("int8", 3, 1, Sample.ints(ElementType.INT8, 4, 3, integers));
    add("uint8", 3, 1, Sample.ints(ElementType.UINT8, 4, 2, integers));
    add("vector", 1, 1, Sample.vector(weights));
    add("raw", 1, 1, Sample.raw(ElementType.INT32, integers));
    add("all-zero", 1, 1, Sample.floats(ElementType.FLOAT32, 4, 1, new float[9]));
    add(
        "several-blocks",
        3,
        4,
        Sample.floats(ElementType.FLOAT32, 3, 3, weights),
        Sample.raw(ElementType.UINT8, integers),
        Sample.floats(ElementType.FLOAT16, 12, 1, weights),
        Sample.vector(Arrays.copyOf(weights, 3)),
        Sample.floats(ElementType.FLOAT32, 12, 0, weights),
        Sample.ints(ElementType.UINT8, 11, 2, integers));
  }

  /** Tensors large enough for each method of a stream to be the shortest for some. */
  private void methods() {
    Random random = new Random(2024);
    float[] gaussian = Sample.gaussian(random, 3000, 1);
    add("gaussian", 3, 64, Sample.floats(ElementType.FLOAT32, 300, 3, gaussian));
    add("fine-steps", 1, 1000, Sample.floats(ElementType.FLOAT32, 300, 1, gaussian));
    float[] pruned = gaussian.clone();
    for (int i = 0; i < pruned.length; i++) {
      pruned[i] = i % 5 < 3 ? 0 : pruned[i];
    }
    add("pruned", 2, 64, Sample.floats(ElementType.FLOAT32, 300, 2, pruned));
    float[] outliers = gaussian.clone();
    for (int i = 0; i < outliers.length; i += 251) {
      outliers[i] *= 40;
    }
    add("outliers", 2, 8, Sample.floats(ElementType.BFLOAT16, 300, 2, outliers));
  }

  private void add(String name, int levels, double stepsPerSigma, Sample... samples) {
    VectorCase vector = new VectorCase(name, levels);
    List<BlockCodes> codes = new ArrayList<>();
    for (Sample sample : samples) {
      TensorSpec tensor = sample.tensor();
      vector.tensors.add(tensor);
      Block block = new Block(codes.size(), codes.size(), tensor, 0, (int) tensor.length());
      codes.add(sample.encode(block, stepsPerSigma));
    }
    List<BlockState> states = codes.stream().map(c -> new BlockState(c.block(), levels)).toList();
    ChunkEncoder encoder = new ChunkEncoder(levels, 3);
    for (int group = 0; group <= levels + 1; group++) {
      int g = group;
      List<BlockCodes> present =
          codes.stream().filter(c -> c.block().tensor().hasContent(g, levels)).toList();
      if (!present.isEmpty()) {
        byte[] chunk = encoder.encode(group, present);
        vector.chunks.put(group, chunk);
        vector.values.put(group, vector.shown(VectorTest.decode(vector, group, states, chunk)));
        refuse(vector, group, chunk);
      }
    }
    lines.addAll(vector.lines());
  }

  private static void refuse(VectorCase vector, int group, byte[] chunk) {
    if (chunk.length < 200) {
      vector.refused.add(Map.entry(group, Arrays.copyOf(chunk, chunk.length - 1)));
      vector.refused.add(Map.entry(group, Arrays.copyOf(chunk, chunk.length + 1)));
      byte[] version = chunk.clone();
      version[0] = 2;
      vector.refused.add(Map.entry(group, version));
    }
  }
}
