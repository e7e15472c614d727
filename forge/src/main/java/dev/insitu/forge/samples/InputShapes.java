package dev.insitu.forge.samples;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;

/** What a model's inputs take. */
final class InputShapes {

  private static final int PICTURE_RANK = 4;
  private static final long PICTURE = 96;
  private static final long SEQUENCE = 64;

  private InputShapes() {}

  /**
   * The element type of an input.
   *
   * @throws SampleException if it is no tensor of numbers
   */
  static ElementType type(ValueSpec input) {
    try {
      return ElementType.ofOnnx(input.onnxType());
    } catch (ElasticException e) {
      throw new SampleException(
          "Input '" + input.name() + "' is no tensor of numbers, so no samples can be made for it.",
          e);
    }
  }

  /**
   * One sample's shape, with usual sizes where the model leaves them open: one sample, pictures of
   * 96 x 96, sequences of 64.
   */
  static long[] usual(ValueSpec input) {
    requireRanked(input);
    long[] shape = input.dims().stream().mapToLong(Long::longValue).toArray();
    boolean batchFound = shape.length > 0 && shape[0] == 1;
    for (int d = 0; d < shape.length; d++) {
      if (shape[d] < 0) {
        boolean picture = shape.length >= PICTURE_RANK && d >= 2;
        shape[d] = !batchFound ? 1 : picture ? PICTURE : SEQUENCE;
        batchFound = true;
      }
    }
    return shape;
  }

  /**
   * One sample's shape if the model leaves nothing but the number of samples open.
   *
   * @throws SampleException if it leaves more open
   */
  static long[] known(ValueSpec input) {
    requireRanked(input);
    long[] shape = input.dims().stream().mapToLong(Long::longValue).toArray();
    for (int d = 0; d < shape.length; d++) {
      if (shape[d] < 0 && d > 0) {
        throw new SampleException(
            "Input '"
                + input.name()
                + "' has dimensions "
                + input.dims()
                + ", of which raw values do not tell the open ones.\nMaybe give samples as .npy.");
      }
      shape[d] = Math.abs(shape[d]);
    }
    return shape;
  }

  private static void requireRanked(ValueSpec input) {
    if (!input.ranked()) {
      throw new SampleException(
          "The shape of input '" + input.name() + "' is not known.\nMaybe give samples as .npz.");
    }
  }
}
