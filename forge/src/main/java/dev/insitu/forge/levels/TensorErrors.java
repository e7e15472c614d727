package dev.insitu.forge.levels;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.forge.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** What errors in one tensor's weights do to the answers, as measured tensor by tensor. */
final class TensorErrors {

  /** The answers' error for each unit of a tensor's relative squared error lies within these. */
  private static final double MOST_APART = 16;

  private static final int TILE = 8192;

  private TensorErrors() {}

  /** The numbers of the tensors that are worth measuring: those of most weights. */
  static int[] measured(Manifest manifest, int most) {
    return IntStream.range(0, manifest.tensors().size())
        .filter(t -> manifest.tensors().get(t).floatPlanes())
        .boxed()
        .sorted((a, b) -> Long.compare(length(manifest, b), length(manifest, a)))
        .mapToInt(t -> t)
        .limit(most)
        .toArray();
  }

  private static long length(Manifest manifest, int tensor) {
    return manifest.tensors().get(tensor).length();
  }

  /**
   * The squared error of a tensor in a file as a share of its power in another one.
   *
   * @param exact file of the reference values
   * @param coarse file of the others, at the same places
   */
  static double relative(Manifest manifest, int tensor, Path exact, Path coarse)
      throws IOException {
    TensorSpec spec = manifest.tensors().get(tensor);
    long start = manifest.blocks().offset(tensor);
    double error = 0;
    double power = 0;
    try (FileChannel one = FileChannel.open(exact);
        FileChannel other = FileChannel.open(coarse)) {
      float[] wanted = new float[TILE];
      float[] found = new float[TILE];
      for (long first = 0; first < spec.length(); first += TILE) {
        int count = (int) Math.min(TILE, spec.length() - first);
        read(one, spec, start, first, count, wanted);
        read(other, spec, start, first, count, found);
        for (int i = 0; i < count; i++) {
          double apart = (double) found[i] - wanted[i];
          error += apart * apart;
          power += (double) wanted[i] * wanted[i];
        }
      }
    }
    return power == 0 ? 0 : error / power;
  }

  private static void read(
      FileChannel file, TensorSpec spec, long start, long first, int count, float[] into)
      throws IOException {
    int size = spec.type().bytes();
    ByteBuffer bytes = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, start + first * size + bytes.position()) < 0) {
        throw new IOException("The weights end before tensor '" + spec.name() + "' is complete.");
      }
    }
    Values.read(spec.type(), bytes.flip(), 0, count, into);
  }

  /**
   * Sensitivities around 1.
   *
   * @param measured error of the answers for each unit of relative squared error, by tensor; those
   *     that are not above 0 tell nothing
   */
  static Map<Integer, Double> around1(Map<Integer, Double> measured) {
    double typical =
        Math.exp(
            measured.values().stream()
                .filter(some -> some > 0)
                .mapToDouble(Math::log)
                .average()
                .orElse(0));
    Map<Integer, Double> factors = new HashMap<>();
    measured.forEach((tensor, some) ->
        factors.put(tensor, Math.clamp(some / typical, 1 / MOST_APART, MOST_APART)));
    return factors;
  }
}
