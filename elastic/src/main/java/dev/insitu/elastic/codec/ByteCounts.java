package dev.insitu.elastic.codec;

/** How often each byte occurs, and what follows for the choice of a method. */
final class ByteCounts {

  /** A Huffman table and the headers of a frame: bytes per symbol, and in all. */
  private static final double TABLE_BYTES_PER_SYMBOL = 0.35;

  private static final int FRAME_BYTES = 16;

  /** Zstd stores literals that it cannot make shorter by this share. */
  private static final double LEAST_GAIN = 1.0 / 64;

  private final int length;
  private final int[] counts;

  ByteCounts(byte[] bytes) {
    length = bytes.length;
    counts = count(bytes);
  }

  /** Four tables, so that runs of one byte do not wait for one counter. */
  private static int[] count(byte[] bytes) {
    int[] a = new int[256];
    int[] b = new int[256];
    int[] c = new int[256];
    int[] d = new int[256];
    int i = 0;
    for (; i + 3 < bytes.length; i += 4) {
      a[bytes[i] & 0xff]++;
      b[bytes[i + 1] & 0xff]++;
      c[bytes[i + 2] & 0xff]++;
      d[bytes[i + 3] & 0xff]++;
    }
    for (; i < bytes.length; i++) {
      a[bytes[i] & 0xff]++;
    }
    for (int v = 0; v < 256; v++) {
      a[v] += b[v] + c[v] + d[v];
    }
    return a;
  }

  boolean isConstant() {
    for (int count : counts) {
      if (count != 0) {
        return count == length;
      }
    }
    return true;
  }

  /** Whether Huffman codes can be expected to be shorter than the bytes. */
  boolean isCompressible() {
    double bits = 0;
    int symbols = 0;
    for (int count : counts) {
      if (count != 0) {
        bits += count * log2((double) length / count);
        symbols++;
      }
    }
    double coded = bits / 8 + TABLE_BYTES_PER_SYMBOL * symbols + FRAME_BYTES;
    return coded < (1 - LEAST_GAIN) * length;
  }

  /** Set bits in all bytes. */
  long ones() {
    long ones = 0;
    for (int v = 0; v < 256; v++) {
      ones += (long) counts[v] * Integer.bitCount(v);
    }
    return ones;
  }

  /** The narrowest field that holds every byte, as the high bits of a method. */
  int fieldTransform() {
    int max = 255;
    while (counts[max] == 0) {
      max--;
    }
    return max < 2 ? StreamMethod.FIELDS_1 : max < 4 ? 2 : max < 16 ? 1 : StreamMethod.PLAIN;
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
