package dev.insitu.benchmarks.models;

/**
 * Makes a {@link ModelSpec}; what is not set is as in the original network: float32, Gaussian,
 * opset 17, seed 7. Not thread-safe.
 */
public final class ModelSpecBuilder {
  static final int DEFAULT_OPSET = ModelSpec.MIN_OPSET;
  static final int DEFAULT_IMAGE = 224;
  static final int DEFAULT_LAYERS = 12;
  static final long DEFAULT_BYTES = 64L << 20;
  static final long DEFAULT_SEED = 7;
  private static final int IMAGE_CLASSES = 1000;
  private static final int BERT_HIDDEN = 768;
  private static final int MLP_HIDDEN = 4096;

  private final Structure structure;
  private Distribution weights = Distribution.GAUSSIAN;
  private WeightType type = WeightType.FLOAT32;
  private boolean tied;
  private boolean folded;
  private boolean external;
  private int opset = DEFAULT_OPSET;
  private int classes;
  private int image = DEFAULT_IMAGE;
  private double width = 1;
  private int layers = DEFAULT_LAYERS;
  private int hidden;
  private long bytes = DEFAULT_BYTES;
  private long seed = DEFAULT_SEED;

  ModelSpecBuilder(Structure structure) {
    this.structure = structure;
    this.classes = structure.family() == Structure.Family.IMAGE ? IMAGE_CLASSES : 0;
    this.hidden = structure.family() == Structure.Family.CHAIN ? MLP_HIDDEN : BERT_HIDDEN;
  }

  public ModelSpecBuilder weights(Distribution value) {
    weights = value;
    return this;
  }

  public ModelSpecBuilder type(WeightType value) {
    type = value;
    return this;
  }

  public ModelSpecBuilder tied(boolean value) {
    tied = value;
    return this;
  }

  public ModelSpecBuilder folded(boolean value) {
    folded = value;
    return this;
  }

  public ModelSpecBuilder external(boolean value) {
    external = value;
    return this;
  }

  public ModelSpecBuilder opset(int value) {
    opset = value;
    return this;
  }

  public ModelSpecBuilder classes(int value) {
    classes = value;
    return this;
  }

  public ModelSpecBuilder image(int pixels) {
    image = pixels;
    return this;
  }

  public ModelSpecBuilder width(double factor) {
    width = factor;
    return this;
  }

  public ModelSpecBuilder layers(int value) {
    layers = value;
    return this;
  }

  public ModelSpecBuilder hidden(int value) {
    hidden = value;
    return this;
  }

  public ModelSpecBuilder bytes(long value) {
    bytes = value;
    return this;
  }

  public ModelSpecBuilder seed(long value) {
    seed = value;
    return this;
  }

  /**
   * The spec.
   *
   * @throws IllegalArgumentException if a value is out of its range or two exclude each other
   */
  public ModelSpec build() {
    return new ModelSpec(
        structure, weights, type, tied, folded, external, opset, classes, image, width, layers,
        hidden, bytes, seed);
  }
}
