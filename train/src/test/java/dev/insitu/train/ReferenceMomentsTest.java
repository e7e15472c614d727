package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.zoo.ResNet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceMomentsTest {

  private static final float CLOSE = 2e-3f;

  @TempDir Path folder;

  /** The network's answers as they are, and those of one with changed weights that follows it. */
  private float[][] answers(UnaryOperator<Forward> change) throws IOException {
    try (NDManager manager = Torch.newManager();
        OnnxModel model = OnnxModel.open(Drawn.network(folder));
        TrainableGraph graph = TrainableGraph.of(model, manager)) {
      Map<String, NDArray> inputs =
          Drawn.pictures(16, false)
              .batch(manager, new int[] {0, 1, 2, 3, 4, 5, 6, 7}, new Random(1))
              .inputs();
      ReferenceMoments moments = new ReferenceMoments();
      Forward noting = Forward.eval().noting(moments);
      float[] reference = graph.output(manager, inputs, noting, ResNet.OUTPUT).toFloatArray();
      Forward following = change.apply(Forward.eval().following(moments));
      NDArray followed = graph.output(manager, inputs, following, ResNet.OUTPUT);
      return new float[][] {reference, followed.toFloatArray()};
    }
  }

  @Test
  void anUnchangedModelAnswersAsItsStoredStatisticsSay() throws IOException {
    float[][] answers = answers(forward -> forward);
    assertArrayEquals(answers[0], answers[1], CLOSE);
  }

  @Test
  void aLayerThatIsWeakerOrShiftedIsPutRightByTheNormalisationAfterIt() throws IOException {
    float[][] answers =
        answers(forward ->
            forward.withHook(
                "stem.conv.weight", weight -> weight.mul(Torch.scalar(weight.getManager(), 0.3))));
    assertArrayEquals(answers[0], answers[1], 10 * CLOSE);
  }

  @Test
  void withoutAReferenceNothingCanBeFollowed() {
    TrainException refused =
        assertThrows(
            TrainException.class,
            () -> answers(forward -> Forward.eval().following(new ReferenceMoments())));
    assertTrue(refused.getMessage().contains("Nothing was noted"), refused.getMessage());
  }
}
