package dev.insitu.forge.integer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.Forge;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.RealFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/** Trained models in integers, calibrated and compared on pictures without labels. */
final class RealIntegerTest {

  private static final int RECORD = 3074;
  private static final int PICTURES = 256;

  @TempDir private Path directory;

  /** The first bytes of a packed file. */
  private Path unpacked(String name, long most) throws IOException {
    Path to = directory.resolve(Path.of(name).getFileName().toString().replace(".xz", ""));
    try (InputStream in = new XZInputStream(Files.newInputStream(RealFiles.file(name)));
        OutputStream out = Files.newOutputStream(to)) {
      long left = most;
      for (byte[] part = in.readNBytes((int) Math.min(left, 1 << 20));
          part.length > 0;
          part = in.readNBytes((int) Math.min(left, 1 << 20))) {
        out.write(part);
        left -= part.length;
      }
    }
    return to;
  }

  private Samples pictures(Path model, float[] mean, float[] std) throws IOException {
    Path packed = unpacked("cifar-100/train.bin.xz", (long) RECORD * PICTURES);
    try (OnnxModel opened = OnnxModel.open(model)) {
      return new SampleReader(Forge.inputs(opened), new Normalisation(mean, std))
          .read(packed, PICTURES);
    }
  }

  private Map<String, Integer> integers(Path model, Samples samples, int layers, double error)
      throws IOException {
    Path out = directory.resolve("int8.onnx");
    IntegerModel.Result result = IntegerModel.write(model, samples, IntegerOptions.defaults(), out);
    assertEquals(layers, result.integerLayers().size());
    assertTrue(result.floatLayers().isEmpty(), result.toString());
    assertTrue(result.comparison().relativeError() < error, result.toString());
    assertTrue(result.comparison().agreement() > 0.93, result.toString());
    assertTrue(result.bytes() < 0.35 * Files.size(model), result.toString());
    Map<String, Integer> operators = Optimised.operators(out, samples, directory);
    assertEquals(layers - 1, operators.get("QLinearConv"), operators.toString());
    assertEquals(1, operators.get("QGemm"), operators.toString());
    assertEquals(1, operators.get("QuantizeLinear"), operators.toString());
    for (String left : new String[] {"Conv", "FusedConv", "Add", "Relu", "DequantizeLinear"}) {
      assertFalse(operators.containsKey(left), operators.toString());
    }
    return operators;
  }

  @Test
  void aNetworkWithNormalisationsRunsInIntegers() throws IOException {
    Path model = RealFiles.file("models/resnet20-cifar10/model.onnx");
    Samples samples =
        pictures(model, new float[] {.485f, .456f, .406f}, new float[] {.229f, .224f, .225f});
    assertEquals(9, integers(model, samples, 20, 0.005).get("QLinearAdd"));
  }

  @Test
  void aFoldedNetworkRunsInIntegers() throws IOException {
    Path model = unpacked("models/resnet18-cifar100/model.onnx.xz", Long.MAX_VALUE);
    Samples samples =
        pictures(model, new float[] {.5071f, .4865f, .4409f}, new float[] {.2673f, .2564f, .2762f});
    assertEquals(8, integers(model, samples, 21, 0.002).get("QLinearAdd"));
  }
}
