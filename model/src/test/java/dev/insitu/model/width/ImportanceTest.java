package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.Onnx;
import dev.insitu.model.OnnxException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportanceTest {

  private static final double EXACT = 1e-6;

  @TempDir Path folder;

  /** Two channels of two indices each: columns 0, 2 and 1, 3 of w; gamma; rows of v. */
  private static final ChannelGroup GROUP =
      new ChannelGroup(
          0,
          2,
          1,
          List.of(
              new Slot("w", 1, SlotRole.OUTPUT, 2, new int[] {0, 2, 1, 3}),
              new Slot("gamma", 0, SlotRole.SCALE, 2, new int[] {0, 2, 1, 3}),
              new Slot("v", 0, SlotRole.INPUT, 2, new int[] {0, 2, 1, 3})));

  private static final Map<String, Tensor> VALUES =
      Map.of(
          "w", new Tensor(new long[] {2, 4}, new float[] {3, 0, 4, 0, 0, 1, 0, -2}),
          "gamma", new Tensor(new long[] {4}, new float[] {-1, 2, 3, -4}),
          "v", new Tensor(new long[] {4, 1}, new float[] {1, 3, 0, 4}));

  @Test
  void magnitudeIsTheNormOfWhatMakesTheChannel() {
    assertArrayEquals(
        new double[] {5, Math.sqrt(5)}, Importance.magnitude(VALUES::get).scores(GROUP), EXACT);
  }

  @Test
  void normalizationScaleAddsUpGamma() {
    assertArrayEquals(
        new double[] {4, 6}, Importance.normalizationScale(VALUES::get).scores(GROUP), EXACT);
  }

  @Test
  void activationsCountByTheirReaders() {
    Importance importance = Importance.activation(VALUES::get, group -> new double[] {10, 2});
    assertArrayEquals(new double[] {10, 10}, importance.scores(GROUP), EXACT);
    assertThrows(
        IllegalArgumentException.class,
        () -> Importance.activation(VALUES::get, group -> new double[3]).scores(GROUP));
  }

  @Test
  void gradientsCountByTheirWeights() {
    Tensor ones = new Tensor(new long[] {2, 4}, new float[] {1, 1, -1, 1, 1, 1, 1, 1});
    Tensor twos = new Tensor(new long[] {4, 1}, new float[] {2, 2, 2, 2});
    Importance importance =
        Importance.gradientTimesWeight(VALUES::get, name -> name.equals("w") ? ones : twos);
    assertArrayEquals(new double[] {7 + 2, 3 + 14}, importance.scores(GROUP), EXACT);
  }

  @Test
  void foldedNormalizationHasNoScale() {
    ChannelGroup folded =
        new ChannelGroup(3, 2, 1, List.of(new Slot("w", 1, SlotRole.OUTPUT, 1, new int[] {0, 1})));
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Importance.normalizationScale(VALUES::get).scores(folded));
    assertTrue(e.getMessage().startsWith("group 3 has no normalization\nMaybe"), e.getMessage());
  }

  @Test
  void equalScoresKeepTheirOrder() {
    double[] scores = {1, 3, 1, 3, 0};
    assertArrayEquals(new int[] {1, 3, 0, 2, 4}, Permutation.byImportance(scores).order());
    assertThrows(
        IllegalArgumentException.class, () -> Permutation.byImportance(new double[] {Double.NaN}));
    assertThrows(IllegalArgumentException.class, () -> new Permutation(new int[] {0, 0}));
    assertThrows(IllegalArgumentException.class, () -> new Permutation(new int[] {0, 2}));
  }

  @Test
  void widthsAreGranules() {
    ChannelGroup group =
        new ChannelGroup(0, 20, 8, List.of(new Slot("w", 0, SlotRole.OUTPUT, 1, new int[20])));
    assertEquals(8, group.kept(0));
    assertEquals(8, group.kept(0.5));
    assertEquals(16, group.kept(0.7));
    assertEquals(20, group.kept(1));
    List<ChannelGroup> groups = List.of(group);
    assertEquals(20, Widths.full(groups).kept(0));
    assertEquals(16, Widths.of(groups, 16).kept(0));
    for (int wrong : new int[] {0, -8, 9, 21, 24}) {
      assertThrows(IllegalArgumentException.class, () -> Widths.of(groups, wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> group.kept(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> group.kept(1.1));
  }

  @Test
  void valuesOfAllTypesAreRead() throws IOException {
    Net net =
        new Net(13, 1, 2)
            .add(
                Onnx.bytes("half", DataType.FLOAT16_VALUE, new byte[] {0, 0x3c, 0, (byte) 0xc0}, 2))
            .add(Onnx.bytes("bytes", DataType.INT8_VALUE, new byte[] {-3, 4}, 2))
            .add(Onnx.bytes("brain", DataType.BFLOAT16_VALUE, new byte[] {(byte) 0x80, 0x3f}, 1))
            .add(Onnx.tensor("text", DataType.STRING_VALUE, 0))
            .random("big", 40, 3)
            .node("Custom", "x half bytes brain text big", "y")
            .output(1, 2);
    Path file = Onnx.write(Onnx.model(13, net.graph()), folder.resolve("m.onnx"));
    try (OnnxModel model = OnnxModel.open(file)) {
      ModelTensors tensors = new ModelTensors(model);
      assertArrayEquals(new float[] {1, -2}, tensors.of("half").values());
      assertArrayEquals(new float[] {-3, 4}, tensors.of("bytes").values());
      assertArrayEquals(new float[] {1}, tensors.of("brain").values());
      assertEquals(
          Onnx.randomFloats("big", 40, 3).getFloat(4 * 119), tensors.of("big").values()[119]);
      assertThrows(OnnxException.class, () -> tensors.of("none"));
    }
  }
}
