package dev.insitu.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The trained model that tells the figures of {@link ShapeImages} apart: ResNet-20 (He et al. 2015,
 * CIFAR variant) as ONNX, opset 17, float32, batch normalisation not folded. Trained by the example
 * {@code train-demo}; 96.8 % right on the first 2,000 test pictures.
 */
public final class ShapesModel {
  /** The graph's input, float[batch][3][32][32], see {@link ShapeImages#image}. */
  public static final String INPUT = "image";

  /** The graph's output, float[batch][10], by label. */
  public static final String OUTPUT = "logits";

  /** A good name for a file or a package with this model. */
  public static final String NAME = "shapes";

  private static final String RESOURCE = "shapes.onnx";

  private ShapesModel() {}

  /** The ONNX file, 1.1 MB; a new array. */
  public static byte[] onnx() {
    try (InputStream resource = ShapesModel.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("resource %s is missing".formatted(RESOURCE));
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("resource %s cannot be read".formatted(RESOURCE), e);
    }
  }
}
