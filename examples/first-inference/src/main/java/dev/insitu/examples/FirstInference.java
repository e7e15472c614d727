package dev.insitu.examples;

import dev.insitu.demo.ShapeImages;
import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Pulls the model "shapes" from a server and says what is on one picture, as soon as enough of the
 * model has arrived.
 *
 * <p>Arguments: a directory for models, the server's URL.
 */
public final class FirstInference {

  private FirstInference() {}

  /** Runs the example. */
  public static void main(String[] args) throws IOException {
    System.out.println(classify(Path.of(args[0]), URI.create(args[1]), 7));
  }

  /** The class of a test picture. Packages are taken from anybody here; pin keys in earnest. */
  static String classify(Path directory, URI server, int picture) throws IOException {
    float[] pixels = ShapeImages.image(ShapeImages.TEST_SEED, picture);
    try (Insitu insitu = Insitu.open(directory, server, Trust.anybody())) {
      Model model = insitu.model("shapes").pull();
      Tensor image = Tensor.of(pixels, 1, 3, ShapeImages.SIZE, ShapeImages.SIZE);
      Tensor logits = Objects.requireNonNull(model.run(Map.of("image", image)).get("logits"));
      return ShapeImages.CLASSES.get(largest(logits.floats()));
    }
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
