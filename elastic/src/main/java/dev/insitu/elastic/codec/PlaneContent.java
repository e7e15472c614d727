package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import java.nio.ByteBuffer;

/**
 * The planes of a block that have arrived.
 *
 * <p>Planes stay as bits: adding one costs its own bits and its new signs, whatever is held
 * already, and a block of P planes takes (P + 2) / 8 bytes an element. {@link #rebuild} merges all
 * planes held by transposition, which costs less than writing the values.
 */
final class PlaneContent implements BlockContent {

  private final Block block;
  private final PlaneHead head;
  private final BitPlanes planes;
  private final long[] significant;
  private int level;

  PlaneContent(Block block, PlaneHead head) {
    this.block = block;
    this.head = head;
    planes = new BitPlanes(block.length());
    significant = new long[planes.words()];
    level = block.tensor().refinements();
  }

  /** Lowest plane held, 0 when all have arrived. */
  int level() {
    return level;
  }

  PlaneHead head() {
    return head;
  }

  BitPlanes planes() {
    return planes;
  }

  /** The elements that are not zero any more. */
  long[] significant() {
    return significant;
  }

  /** How many elements {@code plane}, the next one, makes significant. */
  int countNew(long[] plane) {
    int count = 0;
    for (int i = 0; i < plane.length; i++) {
      count += Long.bitCount(plane[i] & ~significant[i]);
    }
    return count;
  }

  /** Takes the next plane, and the signs of what it makes significant, packed in element order. */
  void addPlane(int k, long[] plane, long[] newSigns) {
    planes.set(k, plane);
    Deposit.spreadNew(newSigns, plane, significant, planes.signs());
  }

  /** Takes a plane of the base; the signs follow when all its planes are there. */
  void addBasePlane(int k, long[] plane) {
    planes.set(k, plane);
    Words.or(significant, plane);
  }

  /** The signs of all significant elements, packed in element order. */
  void addBaseSigns(long[] packed) {
    Deposit.spread(packed, significant, planes.signs());
  }

  /** Says that plane {@code newLevel} and all above it are there. */
  void completeLevel(int newLevel) {
    level = newLevel;
  }

  /** The elements that are zero so far. */
  Mask zeros() {
    return Mask.complement(significant, block.length());
  }

  @Override
  public void rebuild(ByteBuffer target) {
    if (block.tensor().type().floating()) {
      rebuildFloats(target);
    } else {
      rebuildBytes(target);
    }
  }

  private void rebuildFloats(ByteBuffer target) {
    CodeTile tile = new CodeTile(block.length());
    float[] table = Rebuild.sixteenths(head.planeCount(), level, head.rho(level));
    RowSteps sixteenths = head.steps().times(1f / 16);
    float[] factors = new float[tile.length()];
    float[] values = new float[tile.length()];
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(planes, head.planeCount(), planes.signs(), first);
      sixteenths.fill(first, tile.count(), factors);
      Rebuild.floats(tile, table, factors, values);
      Values.writeFloats(block.tensor().type(), target, first, tile.count(), values);
    }
  }

  private void rebuildBytes(ByteBuffer target) {
    CodeTile tile = new CodeTile(block.length());
    int min = PlaneHead.least(block.tensor().type());
    byte[] table =
        Rebuild.integers(head.planeCount(), level, head.rho(level), head.zeroPoint(), min);
    byte[] values = new byte[tile.length()];
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(planes, head.planeCount(), planes.signs(), first);
      Rebuild.bytes(tile, table, values);
      target.put(values, 0, tile.count());
    }
  }

  @Override
  public long memoryBytes() {
    return planes.memoryBytes() + 8L * significant.length + head.memoryBytes();
  }
}
