package dev.insitu.runtime.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BitCoderTest {

  private static final int CONTEXTS = 5;

  /** Bits of many sources, each coded with odds of its own or even ones. */
  private static void roundTrip(long seed, int count, double ones) {
    Random random = new Random(seed);
    int[] contexts = random.ints(count, -1, CONTEXTS).toArray();
    int[] bits = new int[count];
    BitEncoder encoder = new BitEncoder(CONTEXTS);
    for (int i = 0; i < count; i++) {
      bits[i] = random.nextDouble() < ones ? 1 : 0;
      int said = contexts[i] < 0 ? encoder.even(bits[i]) : encoder.bit(contexts[i], bits[i]);
      assertEquals(bits[i], said);
    }
    byte[] bytes = encoder.finish();
    BitDecoder decoder = new BitDecoder(CONTEXTS, ByteBuffer.wrap(bytes));
    int[] found = new int[count];
    for (int i = 0; i < count; i++) {
      found[i] = contexts[i] < 0 ? decoder.even(0) : decoder.bit(contexts[i], 0);
    }
    assertArrayEquals(bits, found, "seed " + seed);
    decoder.end();
    assertTrue(bytes.length == 0 || bytes[bytes.length - 1] != 0, "zeros at the end are left out");
  }

  @Test
  void whatWasWrittenIsRead() {
    Random seeds = new Random(11);
    double[] shares = {0, 0.001, 0.1, 0.5, 0.9, 0.999, 1};
    for (int i = 0; i < 400; i++) {
      roundTrip(seeds.nextLong(), seeds.nextInt(600), shares[i % shares.length]);
    }
    roundTrip(3, 200_000, 0.97);
  }

  @Test
  void aCarryGoesThroughAllBytesThatWait() {
    for (int ones = 0; ones < 40; ones++) { // 0xff after 0xff, then as much on top
      BitEncoder encoder = new BitEncoder(1);
      int[] bits = new int[80];
      Arrays.fill(bits, 0, ones, 1);
      for (int i = ones; i < bits.length; i++) {
        bits[i] = i % 7 == 0 ? 1 : 0;
      }
      for (int bit : bits) {
        encoder.even(bit);
      }
      for (int i = 0; i < 50; i++) {
        encoder.bit(0, 1);
      }
      BitDecoder decoder = new BitDecoder(1, ByteBuffer.wrap(encoder.finish()));
      for (int bit : bits) {
        assertEquals(bit, decoder.even(0));
      }
      for (int i = 0; i < 50; i++) {
        assertEquals(1, decoder.bit(0, 0));
      }
      decoder.end();
    }
  }

  @Test
  void bitsTakeWhatTheirEntropySays() {
    double share = 0.05;
    int count = 50_000;
    Random random = new Random(5);
    BitEncoder encoder = new BitEncoder(1);
    for (int i = 0; i < count; i++) {
      encoder.bit(0, random.nextDouble() < share ? 1 : 0);
    }
    double entropy =
        -count * (share * Math.log(share) + (1 - share) * Math.log(1 - share)) / Math.log(2);
    double bits = 8.0 * encoder.finish().length;
    assertTrue(bits < 1.05 * entropy, bits + " bits for an entropy of " + entropy);
  }

  @Test
  void bytesThatNobodyNeedsAreRefused() {
    BitEncoder encoder = new BitEncoder(1);
    for (int i = 0; i < 100; i++) {
      encoder.even(i & 1);
    }
    byte[] bytes = encoder.finish();
    BitDecoder decoder = new BitDecoder(1, ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 5)));
    for (int i = 0; i < 100; i++) {
      decoder.even(0);
    }
    assertThrows(ElasticException.class, decoder::end);
  }
}
