package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.forge.Answers.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {

  private static final float NAN = Float.NaN;

  private static Answers answers(Kind kind, float[]... values) {
    return new Answers(kind, List.of(values));
  }

  private static double agreement(Kind kind, float[] mine, float[] root) {
    return Agreement.of(answers(kind, mine), answers(kind, root), 0);
  }

  @Test
  void classesAgreeIfTheMostLikelyIsTheSame() {
    Answers root = answers(Kind.CLASSES, new float[] {1, 2}, new float[] {3, 0});
    Answers mine = answers(Kind.CLASSES, new float[] {-5, 9}, new float[] {3, 3.1f});
    assertEquals(0.5, Agreement.of(mine, root, 0, 1));
    assertEquals(1, Agreement.of(root, root, 0, 1));
    assertEquals(1, Agreement.of(mine, root, 0));
  }

  @Test
  void aScoreThatIsNoNumberAgreesWithNoClass() {
    assertEquals(0, agreement(Kind.CLASSES, new float[] {NAN, 1}, new float[] {2, 1}));
    assertEquals(0, agreement(Kind.CLASSES, new float[] {2, NAN}, new float[] {2, 1}));
  }

  @Test
  void numbersAgreeByTheirRelativeError() {
    assertEquals(0.9, agreement(Kind.NUMBERS, new float[] {0, 9}, new float[] {0, 10}), 1e-9);
    assertEquals(1, agreement(Kind.NUMBERS, new float[] {3, 4}, new float[] {3, 4}));
    assertEquals(0, agreement(Kind.NUMBERS, new float[] {-30, 4}, new float[] {3, 4}));
  }

  @Test
  void valuesThatAreNoNumbersAgreeWithThemselvesOnly() {
    float infinity = Float.POSITIVE_INFINITY;
    assertEquals(
        1, agreement(Kind.NUMBERS, new float[] {NAN, infinity}, new float[] {NAN, infinity}));
    assertEquals(0, agreement(Kind.NUMBERS, new float[] {NAN, 1}, new float[] {1, 1}));
    assertEquals(0, agreement(Kind.NUMBERS, new float[] {1, infinity}, new float[] {1, 1}));
  }

  @Test
  void zerosAgreeWithZerosAndWithNothingElse() {
    assertEquals(1, agreement(Kind.NUMBERS, new float[2], new float[2]));
    assertEquals(0, agreement(Kind.NUMBERS, new float[] {0, 0.1f}, new float[2]));
  }

  @Test
  void integersAgreeAsFarAsTheyAreEqual() {
    assertEquals(
        0.75, agreement(Kind.INTEGERS, new float[] {1, 2, 3, 5}, new float[] {1, 2, 3, 4}));
  }

  @Test
  void answersOfAnotherLengthDoNotAgree() {
    for (Kind kind : Kind.values()) {
      assertEquals(0, agreement(kind, new float[] {1}, new float[] {1, 0}));
      assertEquals(0, agreement(kind, new float[] {1, 0, 0}, new float[] {1, 0}));
    }
  }

  @Test
  void answersThatAreAlikeEverywhereTellNothing() {
    Answers maps =
        answers(Kind.NUMBERS, new float[] {0, 0}, new float[] {0, 1}, new float[] {3, 3});
    assertArrayEquals(new int[] {1}, maps.telling());
    assertArrayEquals(new int[0], answers(Kind.NUMBERS, new float[2], new float[2]).telling());
    assertEquals(2, answers(Kind.NUMBERS, new float[] {1}, new float[] {2}).telling().length);
    assertEquals(0, answers(Kind.NUMBERS, new float[] {1}, new float[] {1}).telling().length);
    assertEquals(1, answers(Kind.NUMBERS, new float[] {1}).telling().length);
    assertEquals(1, answers(Kind.CLASSES, new float[] {1, 1}).telling().length);
    assertEquals(1, answers(Kind.NUMBERS, new float[] {NAN, NAN}).telling().length);
  }

  @Test
  void nothingAgreesWithNothing() {
    for (Kind kind : Kind.values()) {
      assertEquals(1, Agreement.of(answers(kind), answers(kind)));
    }
    assertEquals(1, agreement(Kind.NUMBERS, new float[0], new float[0]));
    assertEquals(1, agreement(Kind.INTEGERS, new float[0], new float[0]));
  }

  @Test
  void theFirstOfEqualScoresWins() {
    assertEquals(0, answers(Kind.CLASSES, new float[] {1, 1}).best(0));
    assertEquals(2, answers(Kind.CLASSES, new float[] {-3, -2, -1}).best(0));
  }
}
