package dev.insitu.cli;

import static dev.insitu.cli.Ran.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of which nothing can be coarser: it has no bits per weight. */
class NoWeightsTest {

  private static final int DOUBLE = 11; // TensorProto.DataType

  @TempDir private Path directory;

  @Test
  void bitsPerWeightAreNotTold() throws Exception {
    System.setProperty("insitu.home", directory.resolve("home").toString());
    try {
      Path pack = directory.resolve("doubles.insitu");
      Path onnx = Files.write(directory.resolve("doubles.onnx"), doubles().toByteArray());
      assertDash(ok("pack", onnx, "-o", pack, "--generated", 4).out());
      assertDash(ok("show", pack).out());
      assertEquals(
          0,
          ok("show", pack, "--json").json().path("profile").path(0).path("bitsPerWeight").asInt());
      assertDash(ok("export", pack, "-o", directory.resolve("again.onnx")).out());
    } finally {
      System.clearProperty("insitu.home");
    }
  }

  private static void assertDash(String text) {
    assertTrue(text.contains(" - ") || text.contains("(- bits"), text);
    assertFalse(text.matches("(?s).*\\d{4,}\\.\\d\\d.*"), text);
  }

  /** y = x W in doubles, which packages hold as they are. */
  private static ModelProto doubles() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            GraphProto.newBuilder()
                .setName("doubles")
                .addInput(value("x"))
                .addOutput(value("y"))
                .addInitializer(
                    TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(DOUBLE)
                        .addDims(64)
                        .addDims(64)
                        .setRawData(ByteString.copyFrom(new byte[8 * 64 * 64])))
                .addNode(
                    NodeProto.newBuilder()
                        .setOpType("MatMul")
                        .addInput("x")
                        .addInput("w")
                        .addOutput("y")))
        .build();
  }

  private static ValueInfoProto.Builder value(String name) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(DOUBLE);
    tensor.getShapeBuilder().addDimBuilder().setDimParam("batch");
    tensor.getShapeBuilder().addDimBuilder().setDimValue(64);
    return value;
  }
}
