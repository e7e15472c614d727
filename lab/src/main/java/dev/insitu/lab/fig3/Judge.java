package dev.insitu.lab.fig3;

import dev.insitu.elastic.ElementType;
import dev.insitu.forge.samples.Pictures;
import dev.insitu.lab.LabException;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/** How many pictures a model, any ONNX file, answers rightly in ONNX Runtime. */
final class Judge {

  private static final int BATCH = 100;

  private final Pictures pictures;
  private final String input;
  private final String output;

  /**
   * @param pictures with labels
   * @param output of the models, float[n][classes]
   */
  Judge(Pictures pictures, String input, String output) {
    this.pictures = pictures;
    this.input = input;
    this.output = output;
  }

  int pictures() {
    return pictures.count();
  }

  /** The share of right answers. */
  double accuracy(Path model) {
    int right = 0;
    try (GraphRun run = GraphRun.open(model, Optimisation.ALL)) {
      for (int from = 0; from < pictures.count(); from += BATCH) {
        right += right(run, from, Math.min(BATCH, pictures.count() - from));
      }
    }
    return (double) right / pictures.count();
  }

  private int right(GraphRun run, int from, int count) {
    Tensor logits = run.run(Map.of(input, tensor(from, count))).get(output);
    if (logits == null || logits.shape().length != 2 || logits.shape()[0] != count) {
      throw new LabException("The model answers " + count + " pictures with " + logits + ".");
    }
    float[] values = logits.floats();
    int classes = values.length / count;
    int right = 0;
    for (int i = 0; i < count; i++) {
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = values[i * classes + c] > values[i * classes + best] ? c : best;
      }
      right += best == pictures.label(from + i) ? 1 : 0;
    }
    return right;
  }

  private Tensor tensor(int from, int count) {
    float[][] table = PictureSet.table();
    int length = pictures.length();
    int plane = pictures.height() * pictures.width();
    ByteBuffer values =
        ByteBuffer.allocate(count * length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = from * length; i < (from + count) * length; i++) {
      values.putFloat(table[i / plane % pictures.channels()][pictures.pixels()[i] & 0xff]);
    }
    long[] shape = {count, pictures.channels(), pictures.height(), pictures.width()};
    return Tensor.wrap(ElementType.FLOAT32, values.flip(), shape);
  }
}
