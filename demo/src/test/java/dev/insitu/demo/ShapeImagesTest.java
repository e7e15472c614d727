package dev.insitu.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShapeImagesTest {
  /** The model was trained on exactly these pictures; a change of the generator needs a new one. */
  @Test
  void drawsTheSamePicturesEverywhere() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < 200; i++) {
      digest.update(ShapeImages.rgb(ShapeImages.TEST_SEED, i));
    }
    assertEquals(
        "5d5b2a38f18f9ca4ca7bb3be21604a0f723aba65c5f2618709aa9dd99968ea14",
        HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void normalisesEightBitChannels() {
    byte[] rgb = ShapeImages.rgb(ShapeImages.TEST_SEED, 7);
    float[] image = ShapeImages.image(ShapeImages.TEST_SEED, 7);

    assertEquals(ShapeImages.LENGTH, image.length);
    for (int i = 0; i < image.length; i++) {
      assertEquals(((rgb[i] & 0xff) / 255f - 0.5f) / 0.25f, image[i]);
    }
    assertArrayEquals(image, ShapeImages.image(ShapeImages.TEST_SEED, 7));
  }

  @Test
  void balancesTheClasses() {
    int[] perClass = new int[ShapeImages.CLASSES.size()];
    IntStream.range(0, 200).forEach(i -> perClass[ShapeImages.label(3, i)]++);
    assertTrue(Arrays.stream(perClass).allMatch(n -> n == 20), Arrays.toString(perClass));
  }

  @Test
  void labelsAnyIndexOfAnySeed() {
    for (long seed : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
      for (int index : new int[] {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE}) {
        int label = ShapeImages.label(seed, index);
        assertTrue(label >= 0 && label < ShapeImages.CLASSES.size());
      }
    }
  }

  @Test
  void drawsOtherPicturesForOtherSeedsAndIndices() {
    byte[] picture = ShapeImages.rgb(1, 0);
    assertFalse(Arrays.equals(picture, ShapeImages.rgb(2, 0)));
    assertFalse(Arrays.equals(picture, ShapeImages.rgb(1, 10)));
  }

  @Test
  void namesTheClasses() {
    assertEquals(10, ShapeImages.CLASSES.size());
    assertEquals("circle", ShapeImages.CLASSES.getFirst());
    assertEquals("checker", ShapeImages.CLASSES.getLast());
  }
}
