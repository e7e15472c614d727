package dev.insitu.benchmarks.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ModelFileTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void sameSpecGivesTheSameBytes(Structure structure) throws IOException {
    ModelSpecBuilder spec = SmallModels.of(structure);
    byte[] first = bytes(spec, "first");
    assertArrayEquals(first, bytes(spec, "second"));
    byte[] other = bytes(spec.seed(8), "other");
    assertEquals(first.length, other.length);
    assertFalse(Arrays.equals(first, other));
  }

  @ParameterizedTest
  @EnumSource
  void fileHasTheBytesThatProtobufWrites(Structure structure) throws IOException {
    for (boolean external : List.of(false, true)) {
      byte[] file = bytes(SmallModels.of(structure).external(external), "m");
      assertArrayEquals(file, ModelProto.parseFrom(file).toByteArray());
    }
  }

  @Test
  void describesWhatLiesOnDisk() throws IOException {
    GeneratedModel model = generate(SmallModels.of(Structure.RESNET18).external(true), "m");
    long bytes = 0;
    for (Path file : model.files()) {
      bytes += Files.size(file);
    }
    assertEquals(bytes, model.bytes());
    assertEquals("m", model.name());
    assertEquals(directory.resolve("m.onnx.data"), model.files().get(1));
  }

  @Test
  void externalTensorsLieOnPagesAndEndWithTheFile() throws IOException {
    GeneratedModel model = generate(SmallModels.of(Structure.RESNET18).external(true), "m");
    long end = 0;
    for (TensorProto tensor : parse(model).getGraph().getInitializerList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        Map<String, String> place =
            tensor.getExternalDataList().stream()
                .collect(
                    Collectors.toMap(
                        StringStringEntryProto::getKey, StringStringEntryProto::getValue));
        long offset = Long.parseLong(place.get("offset"));
        assertEquals(0, offset % 4096, tensor.getName());
        assertTrue(offset >= end, tensor.getName());
        assertEquals("m.onnx.data", place.get("location"));
        end = offset + Long.parseLong(place.get("length"));
      } else {
        assertTrue(tensor.getRawData().size() < 1024, tensor.getName());
      }
    }
    assertEquals(end, Files.size(model.files().get(1)));
  }

  @Test
  void tensorsHaveTheTypeAskedForAndTheDeviationOfTheirLayer() throws IOException {
    ModelSpecBuilder spec = SmallModels.of(Structure.MLP).bytes(2 << 20).hidden(256);
    for (Distribution weights : Distribution.values()) {
      TensorProto tensor = parse(generate(spec.weights(weights), "m")).getGraph().getInitializer(0);
      assertEquals(TensorProto.DataType.FLOAT_VALUE, tensor.getDataType());
      var values =
          tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      double squares = 0;
      int count = values.remaining();
      while (values.hasRemaining()) {
        squares += Math.pow(values.get(), 2);
      }
      double expected = Math.sqrt(2.0 / 256);
      assertEquals(expected, Math.sqrt(squares / count), 0.2 * expected);
    }
  }

  @Test
  void docStringHoldsTheSpecAndDisclaimsAccuracy() throws IOException {
    ModelProto model = parse(generate(SmallModels.of(Structure.MLP).opset(21), "m"));
    assertTrue(model.getDocString().contains("nothing was trained"));
    assertTrue(model.getDocString().contains("seed=7"));
    assertEquals(10, model.getIrVersion());
    assertEquals(21, model.getOpsetImport(0).getVersion());
  }

  @Test
  void halfFloatsAreRoundedToNearestEven() {
    assertEquals((short) 0x3f80, WeightType.bfloat16(1f));
    assertEquals((short) 0x3f80, WeightType.bfloat16(Float.intBitsToFloat(0x3f808000)));
    assertEquals((short) 0x3f82, WeightType.bfloat16(Float.intBitsToFloat(0x3f818000)));
    assertEquals((short) 0x3f81, WeightType.bfloat16(Float.intBitsToFloat(0x3f808001)));
    assertEquals((short) 0xbf80, WeightType.bfloat16(-1f));
  }

  @Test
  void modelsOfTwoGibibytesNeedExternalData() {
    ModelSpecBuilder spec = ModelSpec.of(Structure.MLP).bytes(2L << 30);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> layout(spec.build()));
    assertTrue(e.getMessage().contains("\nMaybe with external data."));
    assertEquals(2L << 30, layout(spec.external(true).build()).dataBytes());
    assertEquals(4L << 30, layout(spec.bytes(4L << 30).build()).dataBytes());
    long most = layout(spec.external(false).bytes(2047L << 20).build()).modelBytes();
    assertTrue(most > 2047L << 20 && most < 2L << 30, "bytes " + most);
  }

  @Test
  void generateOnceKeepsTheModelAndReplacesAnother() throws IOException {
    Path file = directory.resolve("m.onnx");
    ModelSpecBuilder spec = SmallModels.of(Structure.MLP).external(true);
    FileTime old = FileTime.fromMillis(0);
    List<Path> files = ModelGenerator.generateOnce(spec.build(), file).files();
    for (Path written : files) {
      Files.setLastModifiedTime(written, old);
    }
    ModelGenerator.generateOnce(spec.build(), file);
    assertEquals(old, Files.getLastModifiedTime(file));

    ModelGenerator.generateOnce(spec.seed(8).build(), file);
    assertTrue(Files.getLastModifiedTime(file).compareTo(old) > 0);

    Files.write(files.get(1), new byte[10]);
    ModelGenerator.generateOnce(spec.build(), file);
    assertTrue(Files.size(files.get(1)) > 10);
  }

  @Test
  void leavesNothingHalfWritten() throws IOException {
    Path file = Files.createDirectories(directory.resolve("m.onnx").resolve("inner")).getParent();
    ModelSpec spec = SmallModels.of(Structure.MLP).build();
    assertThrows(IOException.class, () -> ModelGenerator.generate(spec, file));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  private static FileLayout layout(ModelSpec spec) {
    return FileLayout.of(ModelPlan.of(spec), "data");
  }

  private GeneratedModel generate(ModelSpecBuilder spec, String name) throws IOException {
    return ModelGenerator.generate(spec.build(), directory.resolve(name + ".onnx"));
  }

  private byte[] bytes(ModelSpecBuilder spec, String name) throws IOException {
    return Files.readAllBytes(generate(spec, name).file());
  }

  private static ModelProto parse(GeneratedModel model) throws IOException {
    return ModelProto.parseFrom(Files.readAllBytes(model.file()));
  }
}
