package dev.insitu.benchmarks.models;

/**
 * Everything that decides a generated model's bytes, but for the name of its external data file.
 * What a structure does not use is ignored.
 *
 * @param structure the graph
 * @param weights how weights are distributed
 * @param type how float parameters are stored; the graph computes in float32
 * @param tied whether two layers share a tensor: two convolutions or matrix products, or the
 *     embedding and the output of BERT
 * @param folded whether a batch normalization after a convolution is part of it
 * @param external whether tensors of 1 KiB and more lie in a file of their own
 * @param opset the operator set, 17 to 21
 * @param classes length of the output {@code logits}; 0 for a BERT without classifier, an MLP that
 *     ends as its size says
 * @param image height and width of the pictures, a multiple of 32
 * @param width factor on every channel count of an image network, 1 for the original
 * @param layers encoder layers of BERT
 * @param hidden length of BERT's or the MLP's hidden vectors
 * @param bytes bytes of the MLP's weights, never exceeded
 * @param seed of all weights
 */
public record ModelSpec(
    Structure structure,
    Distribution weights,
    WeightType type,
    boolean tied,
    boolean folded,
    boolean external,
    int opset,
    int classes,
    int image,
    double width,
    int layers,
    int hidden,
    long bytes,
    long seed) {

  static final int MIN_OPSET = 17;
  static final int MAX_OPSET = 21;
  static final int IMAGE_STEP = 32;
  private static final int MAX_IMAGE = 4096;
  private static final int MAX_CLASSES = 1 << 20;
  private static final int MAX_LAYERS = 1000;
  private static final int MAX_HIDDEN = 1 << 15;
  private static final double MIN_WIDTH = 0.125;
  private static final double MAX_WIDTH = 8;
  private static final long MAX_BYTES = 1L << 40;

  public ModelSpec {
    check("opset", opset, MIN_OPSET, MAX_OPSET);
    check("classes", classes, structure.family() == Structure.Family.IMAGE ? 1 : 0, MAX_CLASSES);
    check("image", image, IMAGE_STEP, MAX_IMAGE);
    check("layers", layers, 1, MAX_LAYERS);
    check("hidden", hidden, 1, MAX_HIDDEN);
    check("bytes", bytes, 1, MAX_BYTES);
    if (image % IMAGE_STEP != 0) {
      throw new IllegalArgumentException(
          "image %d is no multiple of %d\nMaybe %d."
              .formatted(image, IMAGE_STEP, image / IMAGE_STEP * IMAGE_STEP));
    }
    if (!(width >= MIN_WIDTH && width <= MAX_WIDTH)) {
      throw new IllegalArgumentException(
          "width %s is outside %s to %s\nMaybe 1, the original."
              .formatted(width, MIN_WIDTH, MAX_WIDTH));
    }
    if (tied && folded) {
      throw new IllegalArgumentException(
          "tied and folded exclude each other: each convolution folds its own normalization\n"
              + "Maybe leave one out.");
    }
  }

  /** A spec of {@code structure} in its original size, with 64 MiB for an MLP. */
  public static ModelSpecBuilder of(Structure structure) {
    return new ModelSpecBuilder(structure);
  }

  /** The version of the file format that came with the operator set. */
  int irVersion() {
    return opset < 19 ? 8 : opset < 21 ? 9 : 10;
  }

  /** {@code channels} of the original network, times the width. */
  int channels(int channels) {
    return (int) Math.max(1, Math.round(channels * width));
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s %d is outside %d to %d\nMaybe %d."
              .formatted(name, value, least, most, Math.clamp(value, least, most)));
    }
  }
}
