package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.ExitPolicy.Measure;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExitPolicyTest {

  @Test
  void noneNeverAnswers() {
    assertFalse(ExitPolicy.NONE.asksAny());
    assertFalse(ExitPolicy.NONE.answers(0, 100, 0));
  }

  @Test
  void aThresholdNobodyReachesIsNotEvenAsked() {
    for (Measure measure : Measure.values()) {
      ExitPolicy never = ExitPolicy.same(measure, measure.never(), 3);
      assertFalse(never.asksAny(), measure.name());
      assertFalse(never.answers(1, 100, -100), measure.name());
    }
    assertTrue(ExitPolicy.confidence(2, 0.9).asksAny());
    assertFalse(ExitPolicy.confidence(2, 0.9).asks(0));
    assertFalse(ExitPolicy.confidence(2, 0.9).asks(2));
  }

  @Test
  void eachExitHasItsThreshold() {
    float[] logits = {2, 0}; // 0.88 and 0.12
    ExitPolicy policy = ExitPolicy.confidence(0.9, 0.85);
    assertFalse(policy.answers(0, logits));
    assertTrue(policy.answers(1, logits));
    ExitPolicy entropy = ExitPolicy.entropy(0.5, 0.6); // it is 0.53 of a bit
    assertFalse(entropy.answers(0, logits));
    assertTrue(entropy.answers(1, logits));
  }

  @Test
  void probabilitiesAreTakenAsTheyAre() {
    assertEquals(0.75, Sureness.of(Measure.CONFIDENCE, 0.75f, 0.25f), 1e-9);
    assertEquals(0.8113, Sureness.of(Measure.ENTROPY, 0.75f, 0.25f), 1e-4);
    assertEquals(Math.E / (1 + Math.E), Sureness.of(Measure.CONFIDENCE, 1.75f, 0.75f), 1e-9);
  }

  @Test
  void whatIsNoAnswerIsNeverSure() {
    ExitPolicy confidence = ExitPolicy.confidence(0);
    ExitPolicy entropy = ExitPolicy.entropy(1);
    float[][] none = {{}, {1}, {Float.NaN, 1}, {Float.POSITIVE_INFINITY, 0}};
    for (float[] scores : none) {
      assertFalse(confidence.answers(0, scores));
      assertFalse(entropy.answers(0, scores));
    }
    assertTrue(confidence.answers(0, 0, 0));
    assertTrue(entropy.answers(0, 0, 0));
  }

  @Test
  void largeLogitsDoNotOverflow() {
    assertEquals(1, Sureness.of(Measure.CONFIDENCE, 3e38f, -3e38f, 0));
    assertEquals(0, Sureness.of(Measure.ENTROPY, 3e38f, -3e38f, 0));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void measuresLieBetweenZeroAndOneAndDoNotMoveWithTheLogits(long seed) {
    Random random = new Random(seed);
    float[] logits = new float[2 + random.nextInt(50)];
    float[] moved = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = -20 + 10 * random.nextFloat();
      moved[i] = logits[i] - 7;
    }
    for (Measure measure : Measure.values()) {
      double one = Sureness.of(measure, logits);
      assertTrue(one >= 0 && one <= 1, "seed " + seed + ": " + one);
      assertEquals(one, Sureness.of(measure, moved), 1e-5, "seed " + seed);
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(ElasticException.class, () -> ExitPolicy.confidence(Double.NaN));
    assertThrows(ElasticException.class, () -> ExitPolicy.entropy(-2));
    assertEquals(List.of(0.5, 0.5), ExitPolicy.same(Measure.ENTROPY, 0.5, 2).thresholds());
  }
}
