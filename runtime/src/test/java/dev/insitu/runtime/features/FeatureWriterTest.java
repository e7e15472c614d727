package dev.insitu.runtime.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.runtime.Tensor;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FeatureWriterTest {

  private static final Map<String, Tensor> VALUES =
      Map.of("v", FeatureCodecTest.normal(3, true, 1, 16, 16, 16));
  private static final int COUNT = 4096;
  private static final int BITS = 4;

  private long nanos;

  /** A machine on which writing takes so many times what it should. */
  private FeatureWriter onMachine(double slowness) {
    boolean[] writing = {false};
    return new FeatureWriter(() -> {
      if (writing[0]) {
        nanos += (long) (slowness * 1e9 * COUNT * FeatureCoding.CONTEXTS.writingSeconds());
      }
      writing[0] = !writing[0];
      return nanos;
    });
  }

  private static byte[] coded(FeatureCoding coding) {
    return FeatureCodec.encode(VALUES, BITS, coding);
  }

  @Test
  void theLinkDecidesHowMessagesAreCoded() {
    for (FeatureCoding coding : FeatureCoding.values()) {
      OptionalDouble rate = OptionalDouble.of(rateFor(coding));
      assertArrayEquals(coded(coding), onMachine(1).write(VALUES, BITS, rate), coding.name());
    }
    byte[] unknown = onMachine(1).write(VALUES, BITS, OptionalDouble.empty());
    assertArrayEquals(coded(FeatureCoding.HUFFMAN), unknown);
  }

  private static double rateFor(FeatureCoding coding) {
    double rate = 1000;
    while (FeatureCoding.forLink(rate, 1) != coding) {
      rate *= 1.5;
    }
    return rate;
  }

  @Test
  void aSlowMachineLearnsToSpareItself() {
    FeatureWriter writer = onMachine(20);
    OptionalDouble rate = OptionalDouble.of(rateFor(FeatureCoding.HUFFMAN) / 8);
    assertArrayEquals(coded(FeatureCoding.CONTEXTS), writer.write(VALUES, BITS, rate));
    byte[] last = {};
    for (int i = 0; i < 20; i++) {
      last = writer.write(VALUES, BITS, rate);
    }
    assertArrayEquals(coded(FeatureCoding.HUFFMAN), last);
  }

  @Test
  void whatIsNotCodedAndWhatIsSmallTeachesNothing() {
    FeatureWriter writer = onMachine(20);
    OptionalDouble slow = OptionalDouble.of(1000);
    writer.write(VALUES, FeatureCodec.EXACT, slow);
    writer.write(Map.of("v", FeatureCodecTest.normal(3, true, 1, 16)), BITS, slow);
    assertEquals(1, writer.slowness());
    writer.write(VALUES, BITS, slow);
    assertEquals(1 + 0.2 * 19, writer.slowness(), 0.01);
  }
}
