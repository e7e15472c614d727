package dev.insitu.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The ONNX file of one convolution whose weights are an input, in the wire format of Protocol
 * Buffers: field numbers are those of onnx.proto.
 */
final class ConvolutionGraph {

  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;
  private static final int FLOAT = 1; // TensorProto.DataType
  private static final int INTS = 7; // AttributeProto.AttributeType

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private ConvolutionGraph() {}

  /**
   * The file, with inputs "x" and "w" and the output "y".
   *
   * @param x {@code [samples, channels, height, width]}
   * @param w {@code [channels out, channels, 3, 3]}; the picture is padded by 1
   */
  static byte[] bytes(long[] x, long[] w) {
    ConvolutionGraph pads = message().text(1, "pads").number(20, INTS);
    for (int side = 0; side < 4; side++) {
      pads.number(8, 1);
    }
    ConvolutionGraph node =
        message().text(1, "x").text(1, "w").text(2, "y").text(4, "Conv").inner(5, pads);
    long[] y = {x[0], w[0], x[2], x[3]};
    ConvolutionGraph graph =
        message()
            .inner(1, node)
            .text(2, "convolution")
            .inner(11, value("x", x))
            .inner(11, value("w", w))
            .inner(12, value("y", y));
    return message()
        .number(1, IR_VERSION)
        .inner(7, graph)
        .inner(8, message().number(2, OPSET))
        .out
        .toByteArray();
  }

  private static ConvolutionGraph value(String name, long[] shape) {
    ConvolutionGraph dims = message();
    for (long length : shape) {
      dims.inner(1, message().number(1, length));
    }
    ConvolutionGraph tensor = message().number(1, FLOAT).inner(2, dims);
    return message().text(1, name).inner(2, message().inner(1, tensor));
  }

  private static ConvolutionGraph message() {
    return new ConvolutionGraph();
  }

  private ConvolutionGraph number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  private ConvolutionGraph text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private ConvolutionGraph inner(int field, ConvolutionGraph message) {
    return bytes(field, message.out.toByteArray());
  }

  private ConvolutionGraph bytes(int field, byte[] value) {
    varint((long) field << 3 | 2);
    varint(value.length);
    out.write(value, 0, value.length);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
