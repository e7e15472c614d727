package dev.insitu.examples.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.insitu.demo.ShapeImages;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * What ONNX Runtime makes of a trained model on test pictures.
 *
 * @param accuracy share of pictures whose largest logit is the label's
 * @param largestDifference largest absolute difference between ONNX Runtime's logits and those of
 *     the operations the model was trained with
 */
record Verification(double accuracy, double largestDifference) {
  private static final int BATCH = 100;

  /** Runs the model on the first {@code count} test pictures both ways. */
  static Verification of(TrainableModel model, int count) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    int correct = 0;
    double difference = 0;
    try (OrtSession session = environment.createSession(model.toModel().toByteArray());
        NDManager manager = NDManager.newBaseManager()) {
      for (int first = 0; first < count; first += BATCH) {
        int batch = Math.min(BATCH, count - first);
        try (NDManager scope = manager.newSubManager()) {
          NDArray images = Trainer.images(scope, ShapeImages.TEST_SEED, first, batch);
          float[] trained = model.forward(images, false).toFloatArray();
          float[][] logits = run(environment, session, images);
          correct += correct(logits, first);
          difference = Math.max(difference, difference(logits, trained));
        }
      }
    }
    return new Verification((double) correct / count, difference);
  }

  private static float[][] run(OrtEnvironment environment, OrtSession session, NDArray images)
      throws OrtException {
    FloatBuffer values = FloatBuffer.wrap(images.toFloatArray());
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, values, images.getShape().getShape());
        OrtSession.Result result = session.run(Map.of(ResNet.INPUT, input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  private static int correct(float[][] logits, int first) {
    int correct = 0;
    for (int i = 0; i < logits.length; i++) {
      if (largest(logits[i]) == ShapeImages.label(ShapeImages.TEST_SEED, first + i)) {
        correct++;
      }
    }
    return correct;
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  private static double difference(float[][] logits, float[] trained) {
    double largest = 0;
    for (int i = 0; i < trained.length; i++) {
      float[] row = logits[i / logits[0].length];
      largest = Math.max(largest, Math.abs(row[i % row.length] - trained[i]));
    }
    return largest;
  }
}
