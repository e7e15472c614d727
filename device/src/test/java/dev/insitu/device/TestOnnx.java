package dev.insitu.device;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the few ONNX messages that a chain of matrix products needs, field by field. */
final class TestOnnx {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private TestOnnx() {}

  /** The model {@code v[to] = v[from] x w[from] x ... x w[to - 1]} with external weights. */
  static byte[] product(int from, int to, int n) {
    TestOnnx graph = new TestOnnx();
    long bytes = 4L * n * n;
    long aligned = (bytes + 4095) / 4096 * 4096;
    for (int layer = from; layer < to; layer++) {
      graph.message(1, node(layer));
    }
    graph.text(2, "chain");
    long offset = from * aligned;
    for (int layer = from; layer < to; layer++) {
      graph.message(5, weight(layer, n, offset, bytes));
      offset += aligned;
    }
    graph.message(11, value("v" + from, n));
    graph.message(12, value("v" + to, n));
    TestOnnx model = new TestOnnx();
    model.number(1, 8);
    model.message(8, new TestOnnx().number(2, 17));
    model.message(7, graph);
    return model.out.toByteArray();
  }

  /** The model {@code v[layers] = v0 x w0 x w1 ...} with its weights inside. */
  static byte[] whole(List<float[]> weights, int n) {
    TestOnnx graph = new TestOnnx();
    for (int layer = 0; layer < weights.size(); layer++) {
      graph.message(1, node(layer));
    }
    graph.text(2, "chain");
    for (int layer = 0; layer < weights.size(); layer++) {
      graph.message(
          5,
          new TestOnnx()
              .number(1, n)
              .number(1, n)
              .number(2, 1)
              .text(8, "w" + layer)
              .bytes(9, TestPackage.bytes(weights.get(layer))));
    }
    graph.message(11, value("v0", n));
    graph.message(12, value("v" + weights.size(), n));
    TestOnnx model = new TestOnnx();
    model.number(1, 8);
    model.message(8, new TestOnnx().number(2, 17));
    model.message(7, graph);
    return model.out.toByteArray();
  }

  /** The model {@code scores = v[input] x matrix} with its weight inside. */
  static byte[] head(int input, float[] matrix, int n) {
    TestOnnx graph =
        new TestOnnx()
            .message(
                1,
                new TestOnnx()
                    .text(1, "v" + input)
                    .text(1, "matrix")
                    .text(2, "scores")
                    .text(4, "MatMul"))
            .text(2, "head")
            .message(
                5,
                new TestOnnx()
                    .number(1, n)
                    .number(1, n)
                    .number(2, 1)
                    .text(8, "matrix")
                    .bytes(9, TestPackage.bytes(matrix)))
            .message(11, value("v" + input, n))
            .message(12, value("scores", n));
    TestOnnx model = new TestOnnx();
    model.number(1, 8);
    model.message(8, new TestOnnx().number(2, 17));
    model.message(7, graph);
    return model.out.toByteArray();
  }

  private static TestOnnx node(int layer) {
    return new TestOnnx()
        .text(1, "v" + layer)
        .text(1, "w" + layer)
        .text(2, "v" + (layer + 1))
        .text(3, "product" + layer)
        .text(4, "MatMul");
  }

  private static TestOnnx weight(int layer, int n, long offset, long bytes) {
    return new TestOnnx()
        .number(1, n)
        .number(1, n)
        .number(2, 1)
        .text(8, "w" + layer)
        .message(13, new TestOnnx().text(1, "location").text(2, "weights.bin"))
        .message(13, new TestOnnx().text(1, "offset").text(2, Long.toString(offset)))
        .message(13, new TestOnnx().text(1, "length").text(2, Long.toString(bytes)))
        .number(14, 1);
  }

  /** Any number of rows. */
  private static TestOnnx value(String name, int n) {
    TestOnnx shape =
        new TestOnnx().message(1, new TestOnnx()).message(1, new TestOnnx().number(1, n));
    TestOnnx tensor = new TestOnnx().number(1, 1).message(2, shape);
    return new TestOnnx().text(1, name).message(2, new TestOnnx().message(1, tensor));
  }

  private TestOnnx number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  private TestOnnx text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private TestOnnx message(int field, TestOnnx value) {
    return bytes(field, value.out.toByteArray());
  }

  private TestOnnx bytes(int field, byte[] value) {
    varint(((long) field << 3) | 2);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  private void varint(long value) {
    long left = value;
    while (left >= 0x80) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
