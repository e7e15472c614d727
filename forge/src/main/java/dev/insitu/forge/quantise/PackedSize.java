package dev.insitu.forge.quantise;

import com.github.luben.zstd.Zstd;

/** How many bits codes really take: packed, then compressed with zstd at its level 19. */
final class PackedSize {

  private static final int LEVEL = 19;

  private PackedSize() {}

  /**
   * The smaller of two forms: codes of a fixed width one after the other, and, up to 8 bits, each
   * in a byte of its own, which zstd's entropy coder sees through.
   *
   * @param codes 0 to 2^width - 1
   */
  static long bits(int[] codes, int width) {
    long packed = compressed(pack(codes, width));
    return width <= Byte.SIZE ? Math.min(packed, compressed(pack(codes, Byte.SIZE))) : packed;
  }

  private static long compressed(byte[] bytes) {
    return 8L * Math.min(bytes.length, Zstd.compress(bytes, LEVEL).length);
  }

  static byte[] pack(int[] codes, int width) {
    byte[] bytes = new byte[(int) (((long) codes.length * width + 7) / 8)];
    long at = 0;
    for (int code : codes) {
      for (int bit = 0; bit < width; bit++, at++) {
        bytes[(int) (at >> 3)] |= (byte) ((code >> bit & 1) << (at & 7));
      }
    }
    return bytes;
  }
}
