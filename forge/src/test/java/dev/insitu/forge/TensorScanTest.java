package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.model.WeightRole;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorScanTest {

  @Test
  void theReferenceIsTheDigestOfAllValuesInOrder() {
    float[] large = Onnx.normal(new Random(1), 700_000, 1); // more than one tile
    float[] small = {1, 2, 3};
    TensorScan scan = new TensorScan();
    scan.scan(Weights.floats("a", large, 700, 1000));
    scan.scan(Weights.floats("b", small, 3));
    MessageDigest expected = Digest.newSha256();
    expected.update(Onnx.bytes(large));
    expected.update(Onnx.bytes(small));
    assertEquals(Digest.of(expected.digest()), scan.reference());
    assertEquals(List.of(), scan.warnings());
  }

  @Test
  void aMatrixWithAValueThatIsNoNumberTravelsAsBytesAndIsNamed() {
    float[] values = Onnx.normal(new Random(1), 100, 1);
    values[50] = Float.NaN;
    TensorScan scan = new TensorScan();
    TensorScan.Scanned scanned = scan.scan(Weights.floats("mask.weight", values, 10, 10));
    assertEquals(Coding.RAW, scanned.spec().coding());
    assertEquals(400, scanned.spec().length());
    assertEquals(1, scan.warnings().size());
    assertTrue(scan.warnings().getFirst().contains("'mask.weight'"), scan.warnings().toString());
  }

  @Test
  void aVectorWithInfinityTravelsAsBytesToo() {
    TensorScan scan = new TensorScan();
    TensorScan.Scanned scanned =
        scan.scan(Weights.floats("v", new float[] {Float.NEGATIVE_INFINITY, 0}, 2));
    assertEquals(Coding.RAW, scanned.spec().coding());
    assertEquals(1, scan.warnings().size());
  }

  @Test
  void ofBytesNothingIsSaid() {
    ByteBuffer values = ByteBuffer.allocate(64).putDouble(0, Double.NaN);
    TensorScan scan = new TensorScan();
    scan.scan(Weights.of("d", ElementType.FLOAT64, WeightRole.OTHER, values, 8));
    assertEquals(List.of(), scan.warnings());
  }
}
