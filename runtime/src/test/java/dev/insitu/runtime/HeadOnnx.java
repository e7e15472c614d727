package dev.insitu.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the ONNX graph of a head, field by field: {@code output = float(input) x weight}. */
final class HeadOnnx {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private HeadOnnx() {}

  /**
   * The graph, its weight external.
   *
   * @param inputType of ONNX
   * @param offset of the weight, float32[rows][columns], in the weight file
   */
  static byte[] graph(
      String input,
      int inputType,
      String weight,
      String output,
      int rows,
      int columns,
      long offset) {
    HeadOnnx cast =
        new HeadOnnx()
            .text(1, input)
            .text(2, output + "~")
            .text(4, "Cast")
            .message(5, new HeadOnnx().text(1, "to").number(3, 1).number(20, 2));
    HeadOnnx product =
        new HeadOnnx().text(1, output + "~").text(1, weight).text(2, output).text(4, "MatMul");
    HeadOnnx tensor =
        new HeadOnnx()
            .number(1, rows)
            .number(1, columns)
            .number(2, 1)
            .text(8, weight)
            .message(13, new HeadOnnx().text(1, "location").text(2, TestPackage.WEIGHTS))
            .message(13, new HeadOnnx().text(1, "offset").text(2, Long.toString(offset)))
            .message(13, new HeadOnnx().text(1, "length").text(2, "" + 4L * rows * columns))
            .number(14, 1);
    HeadOnnx graph =
        new HeadOnnx()
            .message(1, cast)
            .message(1, product)
            .text(2, "head")
            .message(5, tensor)
            .message(11, value(input, inputType))
            .message(12, value(output, 1));
    return new HeadOnnx()
        .number(1, 8)
        .message(8, new HeadOnnx().number(2, 17))
        .message(7, graph)
        .out
        .toByteArray();
  }

  private static HeadOnnx value(String name, int type) {
    HeadOnnx tensor = new HeadOnnx().number(1, type);
    return new HeadOnnx().text(1, name).message(2, new HeadOnnx().message(1, tensor));
  }

  private HeadOnnx number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  private HeadOnnx text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private HeadOnnx message(int field, HeadOnnx value) {
    return bytes(field, value.out.toByteArray());
  }

  private HeadOnnx bytes(int field, byte[] value) {
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
