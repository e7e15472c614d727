package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RealModelsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.insitu.model.RealModels#all")
  void everyFormComputesTheSame(RealModels.Model real) throws IOException, OrtException {
    Path file = RealModels.file(real, folder);
    try (OnnxModel model = OnnxModel.open(file)) {
      SegmentOptions options = SegmentOptions.DEFAULT.withSizes(real.sizes());
      int cuts = Segmenter.cutPoints(model, options.maxValues()).size();
      assertTrue(cuts >= real.minCuts(), cuts + " cuts");
      SegmentPlan plan = Segmenter.group(model, options);
      if (plan.segments().size() == 1 && cuts > 0) {
        plan = Segmenter.group(model, options.withMinSegmentBytes(0));
      }
      Forms forms = new Forms(model, plan, folder.resolve("forms"));
      report(real, model, cuts, forms);
      forms.assertSame(Judge.inputs(model, real.sizes(), 1), levels(real));
    }
  }

  /** The big structures are not trained and take long: one level is enough. */
  private static OptLevel[] levels(RealModels.Model real) {
    return real.path().startsWith("structures")
        ? new OptLevel[] {OptLevel.ALL_OPT}
        : new OptLevel[] {OptLevel.BASIC_OPT, OptLevel.ALL_OPT};
  }

  @Test
  void graphsOfManySmallTensorsCompressWell() throws IOException {
    Path file = RealModels.file(RealModels.named("pp-ocr-det/model.onnx"), folder);
    try (OnnxModel model = OnnxModel.open(file)) {
      SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT);
      int bytes = compressed(new Forms(model, plan, folder.resolve("forms")));
      assertTrue(bytes < 10_000, bytes + " bytes");
    }
  }

  @Test
  void digestIsThatOfTheFile() throws IOException, NoSuchAlgorithmException {
    Path file = RealModels.file(RealModels.named("mnist/mnist-8.onnx"), folder);
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    try (OnnxModel model = OnnxModel.open(file)) {
      assertArrayEquals(expected, model.sha256());
    }
  }

  private static int compressed(Forms forms) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Segment segment : forms.plan().segments()) {
      all.writeBytes(forms.graphs().segmentGraph(segment, forms.layout()));
    }
    all.writeBytes(forms.graphs().wholeGraph(forms.layout()));
    return Zstd.compress(all.toByteArray(), 19).length;
  }

  private static void report(RealModels.Model real, OnnxModel model, int cuts, Forms forms) {
    System.out.printf(
        "%-50s %4d weights %,11d parameters %4d cuts %2d segments, graphs %,6d bytes by zstd -19%n",
        real.path(),
        model.weights().size(),
        model.parameterCount(),
        cuts,
        forms.plan().segments().size(),
        compressed(forms));
  }
}
