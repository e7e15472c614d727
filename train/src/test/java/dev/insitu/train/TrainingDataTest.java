package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import dev.insitu.elastic.ElementType;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.forge.samples.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainingDataTest {

  private final NDManager manager = Torch.newManager();

  @AfterEach
  void close() {
    manager.close();
  }

  private static PictureData picture(Augmentation augmentation) {
    byte[] pixels = {10, 20, 30, 40, 50, 60};
    return new PictureData(
        new Pictures("two by three", 1, 2, 3, pixels, new int[] {4}),
        "x",
        Normalisation.none(),
        augmentation);
  }

  private float[] values(TrainingData data, long seed) {
    Batch batch = data.batch(manager, new int[] {0}, new SplittableRandom(seed));
    assertArrayEquals(new int[] {4}, batch.labels());
    float[] values = batch.inputs().get("x").toFloatArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i] * 255);
    }
    return values;
  }

  @Test
  void picturesStayAsTheyAreWithoutVariation() {
    assertArrayEquals(new float[] {10, 20, 30, 40, 50, 60}, values(picture(Augmentation.NONE), 1));
  }

  @Test
  void variedPicturesAreShiftedOrMirroredAndBlackOutside() {
    PictureData data = picture(new Augmentation(1, true));
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 400; seed++) {
      float[] values = values(data, seed);
      assertArrayEquals(values, values(data, seed));
      seen.add(Arrays.toString(values));
    }
    assertEquals(18, seen.size(), "nine shifts, each mirrored or not");
    assertTrue(seen.contains("[30.0, 20.0, 10.0, 60.0, 50.0, 40.0]"));
    assertTrue(seen.contains("[0.0, 0.0, 0.0, 0.0, 10.0, 20.0]"));
    assertTrue(seen.contains("[50.0, 60.0, 0.0, 0.0, 0.0, 0.0]"));
  }

  @Test
  void samplesOfAnyTypeArePutTogether() {
    ByteBuffer integers = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    integers.putInt(1).putInt(-2).putInt(3).putInt(4).putInt(5).putInt(6).flip();
    Column column = new Column(ElementType.INT32, new long[] {1, 2}, 3, integers);
    Samples samples = new Samples(Map.of("ids", column), Optional.of(new int[] {7, 8, 9}), "test");
    Batch batch = new SampleData(samples).batch(manager, new int[] {2, 0}, new SplittableRandom(1));
    assertArrayEquals(new long[] {5, 6, 1, -2}, batch.inputs().get("ids").toLongArray());
    assertArrayEquals(new int[] {9, 7}, batch.labels());
  }

  @Test
  void samplesWithoutABatchDimensionAreRefused() {
    Column column = new Column(ElementType.INT8, new long[] {2}, 1, ByteBuffer.allocate(2));
    Samples samples = new Samples(Map.of("ids", column), Optional.empty(), "test");
    assertThrows(TrainException.class, () -> new SampleData(samples));
  }
}
