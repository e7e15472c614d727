package dev.insitu.forge;

import dev.insitu.model.Weight;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Whether two weights are the same, byte for byte. */
final class SameWeight {

  private static final int TILE_BYTES = 64 << 10;

  private SameWeight() {}

  static boolean test(Weight one, Weight other) {
    boolean alike =
        one.elementType() == other.elementType()
            && one.byteLength() == other.byteLength()
            && Arrays.equals(one.dims(), other.dims());
    for (long at = 0; alike && at < one.byteLength(); at += TILE_BYTES) {
      int length = (int) Math.min(TILE_BYTES, one.byteLength() - at);
      alike = read(one, at, length).equals(read(other, at, length));
    }
    return alike;
  }

  private static ByteBuffer read(Weight weight, long at, int length) {
    ByteBuffer tile = ByteBuffer.allocate(length);
    weight.read(at, tile);
    return tile.flip();
  }
}
