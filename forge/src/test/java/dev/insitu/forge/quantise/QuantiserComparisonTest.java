package dev.insitu.forge.quantise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.forge.Forge;
import dev.insitu.forge.quantise.QuantiserComparison.Row;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.RealFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QuantiserComparisonTest {

  @Test
  void quantisersOfARealModelAreCompared() {
    Path file = RealFiles.file("models/resnet20-cifar10/model.onnx");
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
