package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Quantises a PLANES block tile by tile. */
final class PlaneQuantizer {

  private final Block block;
  private final ByteBuffer values;
  private final byte @Nullable [] givenRhos;
  private final boolean keepsPower;
  private final CodeTile tile;
  private final long[][] rows;
  private int seen;

  /**
   * @param givenRhos null to choose them
   * @param keepsPower whether rebuilt values are chosen to have the weights' power instead of being
   *     nearest to them
   */
  PlaneQuantizer(Block block, ByteBuffer values, byte @Nullable [] givenRhos, boolean keepsPower) {
    this.block = block;
    this.values = values;
    this.givenRhos = givenRhos;
    this.keepsPower = keepsPower;
    tile = new CodeTile(block.length());
    rows = new long[BitPlanes.MAX + 1][Words.words(block.length())];
  }

  PlaneCodes floats(short[] stepCodes) {
    ElementType type = block.tensor().type();
    RowSteps steps = RowSteps.ofCodes(block.tensor().rowLength(), stepCodes);
    float[] perElement = new float[tile.length()];
    float[] weights = new float[tile.length()];
    Centroids centroids = new Centroids();
    for (int first = 0; first < block.length(); first += tile.length()) {
      int count = Math.min(tile.length(), block.length() - first);
      Values.readFloats(type, values, first, count, weights);
      steps.fill(first, count, perElement);
      seen |= Quantize.floats(weights, perElement, count, tile.codes);
      requireFitting();
      if (givenRhos == null) {
        centroids.add(tile.codes, weights, perElement, count);
      }
      tile.store(rows, first, count);
    }
    return codes(steps, 0, centroids);
  }

  PlaneCodes ints(int zeroPoint) {
    ElementType type = block.tensor().type();
    if (!PlaneHead.isZeroPoint(type, zeroPoint)) {
      throw new IllegalArgumentException("A zero point of " + type + " cannot be " + zeroPoint);
    }
    int[] weights = new int[tile.length()];
    Centroids centroids = new Centroids();
    for (int first = 0; first < block.length(); first += tile.length()) {
      int count = Math.min(tile.length(), block.length() - first);
      Values.readInts(type, values, first, count, weights);
      seen |= Quantize.ints(weights, zeroPoint, count, tile.codes);
      requireFitting();
      centroids.add(tile.codes, count);
      tile.store(rows, first, count);
    }
    return codes(RowSteps.none(), zeroPoint, centroids);
  }

  private PlaneCodes codes(RowSteps steps, int zeroPoint, Centroids centroids) {
    int planeCount = 32 - Integer.numberOfLeadingZeros(seen);
    BitPlanes planes = new BitPlanes(block.length());
    for (int k = 0; k < planeCount; k++) {
      planes.set(k, rows[k]);
    }
    System.arraycopy(rows[BitPlanes.MAX], 0, planes.signs(), 0, planes.words());
    byte[] rhos = rhos(centroids, planeCount);
    boolean counted = givenRhos == null && steps.rows() > 0 && steps.isUniform();
    double[] errors = counted ? centroids.squaredErrors(rhos, planeCount) : null;
    return new PlaneCodes(planes, new PlaneHead(planeCount, rhos, zeroPoint, steps), errors);
  }

  private byte[] rhos(Centroids centroids, int planeCount) {
    int levels = block.tensor().refinements() + 1;
    byte[] rhos = givenRhos == null ? chosen(centroids, levels, planeCount) : givenRhos.clone();
    if (rhos.length != levels) {
      throw new IllegalArgumentException(
          "Block " + block.index() + " needs " + levels + " rhos, not " + rhos.length);
    }
    for (byte rho : rhos) {
      if (rho < 0 || rho > 15) {
        throw new IllegalArgumentException("A rho is 0 to 15, not " + rho);
      }
    }
    return rhos;
  }

  private byte[] chosen(Centroids centroids, int levels, int planeCount) {
    return keepsPower
        ? centroids.powerRhos(levels - 1, planeCount)
        : centroids.rhos(levels - 1, planeCount);
  }

  private void requireFitting() {
    if (seen >>> BitPlanes.MAX != 0) {
      throw new IllegalArgumentException(
          "A code of block "
              + block.index()
              + " reaches 2^15 or a weight is not finite.\nMaybe its steps were not fitted.");
    }
  }
}
