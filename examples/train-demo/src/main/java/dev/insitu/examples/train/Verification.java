package dev.insitu.examples.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.insitu.demo.ShapeImages;
import dev.insitu.train.Batch;
import dev.insitu.train.Forward;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.zoo.ResNet;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What ONNX Runtime makes of a trained model on test pictures.
 *
 * @param accuracy share of pictures whose largest logit is the label's
 * @param largestDifference largest absolute difference between ONNX Runtime's logits and those of
 *     the operations the model was trained with
 */
record Verification(double accuracy, double largestDifference) {
  private static final int BATCH = 100;

  /** Runs the first {@code count} test pictures through the file and through the graph. */
  static Verification of(TrainableGraph graph, Path file, int count) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    DrawnPictures pictures = new DrawnPictures(ShapeImages.TEST_SEED, count);
    int correct = 0;
    double difference = 0;
    try (OrtSession session = environment.createSession(file.toString());
        NDManager manager = Torch.newManager()) {
      for (int first = 0; first < count; first += BATCH) {
        int[] numbers = IntStream.range(first, Math.min(first + BATCH, count)).toArray();
        try (NDManager scope = manager.newSubManager()) {
          Batch batch = pictures.batch(scope, numbers, new SplittableRandom(1));
          float[] trained =
              graph.output(scope, batch.inputs(), Forward.eval(), ResNet.OUTPUT).toFloatArray();
          float[][] logits = run(environment, session, batch);
          correct += correct(logits, batch.labels());
          difference = Math.max(difference, difference(logits, trained));
        }
      }
    }
    return new Verification((double) correct / count, difference);
  }

  private static float[][] run(OrtEnvironment environment, OrtSession session, Batch batch)
      throws OrtException {
    for (Map.Entry<String, NDArray> entry : batch.inputs().entrySet()) {
      NDArray images = entry.getValue();
      FloatBuffer values = FloatBuffer.wrap(images.toFloatArray());
      try (OnnxTensor input =
              OnnxTensor.createTensor(environment, values, images.getShape().getShape());
          OrtSession.Result result = session.run(Map.of(entry.getKey(), input))) {
        return (float[][]) result.get(0).getValue();
      }
    }
    throw new IllegalArgumentException("batch: no input");
  }

  private static int correct(float[][] logits, int[] labels) {
    int correct = 0;
    for (int i = 0; i < logits.length; i++) {
      if (largest(logits[i]) == labels[i]) {
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
