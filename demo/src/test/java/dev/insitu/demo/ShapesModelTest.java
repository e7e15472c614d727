package dev.insitu.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShapesModelTest {
  private static final int PICTURES = 2_000;
  private static final int BATCH = 100;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

  /** 96.80 % when it was trained; a few pictures are allowed to differ on other processors. */
  @Test
  void isAsAccurateAsItsDescriptionSays() throws OrtException {
    int correct = 0;
    try (OrtSession session = environment.createSession(ShapesModel.onnx())) {
      for (int first = 0; first < PICTURES; first += BATCH) {
        correct += correct(run(session, first, BATCH), first);
      }
    }
    assertEquals(0.968, (double) correct / PICTURES, 0.002);
  }

  @Test
  void takesAnyBatch() throws OrtException {
    try (OrtSession session = environment.createSession(ShapesModel.onnx())) {
      assertEquals(Set.of(ShapesModel.INPUT), session.getInputNames());
      assertEquals(Set.of(ShapesModel.OUTPUT), session.getOutputNames());
      assertEquals(1, run(session, 0, 1).length);
      assertEquals(3, run(session, 0, 3).length);
    }
  }

  @Test
  void isSmallAndSaysNothingOfWhereItWasMade() throws OrtException {
    byte[] onnx = ShapesModel.onnx();
    assertTrue(onnx.length < 1_200_000);
    try (OrtSession session = environment.createSession(onnx)) {
      assertEquals(Map.of(), session.getMetadata().getCustomMetadata());
    }
  }

  private float[][] run(OrtSession session, int first, int count) throws OrtException {
    FloatBuffer images = FloatBuffer.allocate(count * ShapeImages.LENGTH);
    for (int i = 0; i < count; i++) {
      images.put(ShapeImages.image(ShapeImages.TEST_SEED, first + i));
    }
    long[] shape = {count, ShapeImages.CHANNELS, ShapeImages.SIZE, ShapeImages.SIZE};
    try (OnnxTensor input = OnnxTensor.createTensor(environment, images.flip(), shape);
        OrtSession.Result result = session.run(Map.of(ShapesModel.INPUT, input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  private static int correct(float[][] logits, int first) {
    int correct = 0;
    for (int i = 0; i < logits.length; i++) {
      int best = 0;
      for (int k = 1; k < logits[i].length; k++) {
        best = logits[i][k] > logits[i][best] ? k : best;
      }
      correct += best == ShapeImages.label(ShapeImages.TEST_SEED, first + i) ? 1 : 0;
    }
    return correct;
  }
}
