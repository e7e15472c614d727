package dev.insitu.forge.quantise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.Forge;
import dev.insitu.forge.quantise.QuantiserComparison.Row;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.model.OnnxModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class QuantiserComparisonTest {

  private static Path model() {
    String given = System.getProperty("INSITU_DATA", System.getenv("INSITU_DATA"));
    Path data = given == null ? null : Path.of(given);
    for (Path at = Path.of("").toAbsolutePath(); data == null && at != null; at = at.getParent()) {
      Path shared = at.resolve("shared").resolve("data");
      data = Files.isDirectory(shared) ? shared : null;
    }
    Assumptions.assumeTrue(data != null, "no folder with real models: set INSITU_DATA");
    Path file = data.resolve("models/resnet20-cifar10/model.onnx");
    Assumptions.assumeTrue(Files.exists(file), file + " is not there");
    return file;
  }

  @Test
  void quantisersOfARealModelAreCompared() {
    Path file = model();
    try (OnnxModel root = OnnxModel.open(file)) {
      var samples = GeneratedSamples.make(Forge.inputs(root), 64, 1);
      List<Row> rows =
          QuantiserComparison.compare(
              file,
              samples,
              List.of(
                  PlanesQuantiser.of(2),
                  new UniformQuantiser(5, true),
                  new UniformQuantiser(5, false),
                  new PlanesQuantiser(6, PlanesQuantiser.USUAL_STEP, 0)));
      Row planes = rows.getFirst();
      Row perChannel = rows.get(1);
      assertEquals(4, rows.size());
      assertTrue(planes.bitsPerWeight() < perChannel.bitsPerWeight(), rows.toString());
      assertTrue(planes.relativeWeightError() < 0.01, rows.toString());
      assertTrue(rows.getLast().relativeWeightError() < 1e-4, rows.toString());
      assertTrue(rows.getLast().outputs().relativeError() < 1e-3, rows.toString());
      assertTrue(rows.getLast().outputs().agreement() > 0.9, rows.toString());
    }
  }
}
