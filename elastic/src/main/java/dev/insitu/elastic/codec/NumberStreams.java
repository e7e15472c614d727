package dev.insitu.elastic.codec;

import dev.insitu.elastic.ElasticException;
import java.nio.ByteBuffer;

/**
 * Whole numbers as streams (format, section 4): their bytes from the highest on, each place a
 * stream of its own. Takes a few nanoseconds a number to write and to read.
 */
public final class NumberStreams {

  private static final int ZSTD_LEVEL = 1;

  private NumberStreams() {}

  /**
   * Writes numbers.
   *
   * @param numbers none below 0
   * @param coding which streams are entropy coded
   */
  public static byte[] encode(int[] numbers, EntropyCoding coding) {
    int all = 0;
    for (int number : numbers) {
      all |= number;
    }
    if (all < 0) {
      throw new IllegalArgumentException("Numbers below 0 have no place in streams");
    }
    int places = places(all);
    try (StreamWriter streams = new StreamWriter(ZSTD_LEVEL, coding)) {
      streams.add(StreamWriter.Kind.NUMBERS, new byte[] {(byte) places});
      for (int place = places - 1; place >= 0; place--) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) (numbers[i] >>> 8 * place);
        }
        streams.add(StreamWriter.Kind.NUMBERS, bytes);
      }
      return streams.toBytes();
    }
  }

  private static int places(int all) {
    return (39 - Integer.numberOfLeadingZeros(all)) / 8;
  }

  /**
   * Reads numbers.
   *
   * @param streams from its position to its limit; the position stays
   * @param count how many there are: 4 bytes are allocated for each, and for the widest stream 1
   * @return none below 0
   * @throws ElasticException CORRUPT, LIMIT or TOO_NEW
   */
  public static int[] decode(ByteBuffer streams, int count) {
    int[] numbers = new int[count];
    try (StreamReader reader = new StreamReader(streams)) {
      int places = reader.next(1).get(0);
      if (places < 0 || places > Integer.BYTES) {
        throw StreamReader.corrupt("numbers of " + places + " bytes");
      }
      for (int place = places - 1; place >= 0; place--) {
        ByteBuffer bytes = reader.next(count);
        for (int i = 0; i < count; i++) {
          numbers[i] |= (bytes.get(i) & 0xff) << 8 * place;
        }
      }
      reader.end();
    }
    for (int number : numbers) {
      if (number < 0) {
        throw StreamReader.corrupt("a number is below 0");
      }
    }
    return numbers;
  }
}
