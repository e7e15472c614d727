package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which ONNX stores a tensor's values gives the same bytes. */
class StoredValuesTest {

  private static final int COUNT = 600;

  @TempDir Path folder;

  /** A way to store bytes; where the type is 4 bits wide, two elements are one entry. */
  @SuppressWarnings("ArrayRecordComponent")
  record Way(String name, TensorProto tensor, byte[] expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(
        raw(DataType.FLOAT_VALUE, 4, COUNT),
        raw(DataType.DOUBLE_VALUE, 8, COUNT),
        raw(DataType.FLOAT16_VALUE, 2, COUNT),
        raw(DataType.BFLOAT16_VALUE, 2, COUNT),
        raw(DataType.INT8_VALUE, 1, COUNT),
        raw(DataType.UINT8_VALUE, 1, COUNT),
        raw(DataType.INT64_VALUE, 8, COUNT),
        raw(DataType.INT4_VALUE, 1, 2 * COUNT - 1),
        raw(DataType.UINT2_VALUE, 1, 4 * COUNT - 2),
        raw(DataType.FLOAT8E4M3FN_VALUE, 1, COUNT),
        raw(DataType.FLOAT6E2M3_VALUE, 1, COUNT * 8 / 6),
        raw(DataType.COMPLEX64_VALUE, 8, COUNT),
        floats(DataType.FLOAT_VALUE, COUNT),
        floats(DataType.COMPLEX64_VALUE, COUNT / 2),
        ints(DataType.INT32_VALUE, 4, COUNT),
        ints(DataType.INT16_VALUE, 2, COUNT),
        ints(DataType.UINT16_VALUE, 2, COUNT),
        ints(DataType.INT8_VALUE, 1, COUNT),
        ints(DataType.BOOL_VALUE, 1, COUNT),
        ints(DataType.FLOAT16_VALUE, 2, COUNT),
        ints(DataType.BFLOAT16_VALUE, 2, COUNT),
        ints(DataType.INT4_VALUE, 1, 2 * COUNT - 1),
        longs(DataType.INT64_VALUE, 8, false),
        longs(DataType.UINT64_VALUE, 8, true),
        longs(DataType.UINT32_VALUE, 4, true),
        doubles());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void valuesReadBack(Way way) throws IOException {
    ModelProto.Builder model = Onnx.model(21, using(way.tensor()));
    try (OnnxModel read = OnnxModel.open(Onnx.write(model, folder.resolve("m.onnx")))) {
      assertEquals(1, read.weights().size());
      Weight weight = read.weights().getFirst();
      assertArrayEquals(way.expected(), Onnx.read(weight));
      Random random = new Random(7);
      for (int i = 0; i < 50; i++) {
        int from = random.nextInt(way.expected().length);
        int count = random.nextInt(way.expected().length - from);
        ByteBuffer slice = ByteBuffer.allocate(count);
        weight.read(from, slice);
        assertArrayEquals(Arrays.copyOfRange(way.expected(), from, from + count), slice.array());
      }
    }
  }

  @Test
  void unpackedAndScatteredListsAreOneTensor() throws IOException {
    ByteBuffer expected = Onnx.randomFloats("w", 30, 4);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    Onnx.tensor("w", Onnx.FLOAT, 30, 4).build().writeTo(out);
    for (int i = 0; i < 100; i++) {
      out.writeFloat(TensorProto.FLOAT_DATA_FIELD_NUMBER, expected.getFloat(4 * i));
    }
    out.writeTag(TensorProto.FLOAT_DATA_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(4 * 20);
    for (int i = 100; i < 120; i++) {
      out.writeFloatNoTag(expected.getFloat(4 * i));
    }
    out.flush();
    Path file = Files.write(folder.resolve("m.onnx"), modelAround(bytes.toByteArray(), 30, 4));
    try (OnnxModel read = OnnxModel.open(file)) {
      assertArrayEquals(Onnx.array(expected), Onnx.read(read.weights().getFirst()));
    }
  }

  /** A model whose initializer is given as bytes. */
  private static byte[] modelAround(byte[] tensor, long rows, long columns) throws IOException {
    GraphProto graph =
        Onnx.matMul(Onnx.tensor("w", Onnx.FLOAT), rows, columns).clearInitializer().build();
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(inner);
    graph.writeTo(out);
    out.writeByteArray(GraphProto.INITIALIZER_FIELD_NUMBER, tensor);
    out.flush();
    ByteArrayOutputStream outer = new ByteArrayOutputStream();
    out = CodedOutputStream.newInstance(outer);
    Onnx.model(13, Onnx.graph()).clearGraph().build().writeTo(out);
    out.writeByteArray(ModelProto.GRAPH_FIELD_NUMBER, inner.toByteArray());
    out.flush();
    return outer.toByteArray();
  }

  /** A custom operator reads any type. */
  private static GraphProto.Builder using(TensorProto tensor) {
    return Onnx.graph()
        .addInput(Onnx.value("x", Onnx.FLOAT, 1))
        .addOutput(Onnx.value("y", Onnx.FLOAT, 1))
        .addInitializer(tensor)
        .addNode(Onnx.node("Conv", List.of("x", "w"), "y"));
  }

  private static Way raw(int type, int bytesEach, long elements) {
    byte[] bytes = new byte[COUNT * bytesEach];
    new Random(type).nextBytes(bytes);
    TensorProto tensor = Onnx.bytes("w", type, bytes, elements).build();
    return new Way("raw " + ElementTypes.name(type), tensor, bytes);
  }

  private static Way floats(int type, long elements) {
    ByteBuffer bytes = Onnx.randomFloats("w", COUNT);
    TensorProto.Builder tensor = Onnx.tensor("w", type, elements);
    for (int i = 0; i < COUNT; i++) {
      tensor.addFloatData(bytes.getFloat(4 * i));
    }
    return new Way("float_data " + ElementTypes.name(type), tensor.build(), Onnx.array(bytes));
  }

  private static Way ints(int type, int bytesEach, long elements) {
    TensorProto.Builder tensor = Onnx.tensor("w", type, elements);
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * bytesEach).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(type);
    for (int i = 0; i < COUNT; i++) {
      int value = bytesEach == 4 ? random.nextInt() : random.nextInt(1 << (8 * bytesEach - 1));
      value = type == DataType.INT8_VALUE || type == DataType.INT16_VALUE ? -value : value;
      tensor.addInt32Data(value);
      switch (bytesEach) {
        case 1 -> bytes.put((byte) value);
        case 2 -> bytes.putShort((short) value);
        default -> bytes.putInt(value);
      }
    }
    return new Way("int32_data " + ElementTypes.name(type), tensor.build(), bytes.array());
  }

  private static Way longs(int type, int bytesEach, boolean unsigned) {
    TensorProto.Builder tensor = Onnx.tensor("w", type, COUNT);
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * bytesEach).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(type);
    for (int i = 0; i < COUNT; i++) {
      long value = bytesEach == 8 ? random.nextLong() : random.nextLong(1L << 32);
      if (unsigned) {
        tensor.addUint64Data(value);
      } else {
        tensor.addInt64Data(value);
      }
      if (bytesEach == 8) {
        bytes.putLong(value);
      } else {
        bytes.putInt((int) value);
      }
    }
    return new Way("list " + ElementTypes.name(type), tensor.build(), bytes.array());
  }

  private static Way doubles() {
    TensorProto.Builder tensor = Onnx.tensor("w", DataType.DOUBLE_VALUE, COUNT);
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * 8).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(3);
    for (int i = 0; i < COUNT; i++) {
      double value = random.nextGaussian();
      tensor.addDoubleData(value);
      bytes.putDouble(value);
    }
    return new Way("double_data", tensor.build(), bytes.array());
  }

  @Test
  void smallValuesStayInTheGraph() throws IOException {
    ModelProto.Builder model = Onnx.model(13, Onnx.matMul(Onnx.random("w", 2, 4), 2, 4));
    try (OnnxModel read = OnnxModel.open(Onnx.write(model, folder.resolve("m.onnx")))) {
      assertEquals(0, read.weights().size());
      assertEquals(8, read.parameterCount());
      ByteString inside = read.skeleton().getGraph().getInitializer(0).getRawData();
      assertArrayEquals(Onnx.array(Onnx.randomFloats("w", 2, 4)), inside.toByteArray());
    }
  }
}
