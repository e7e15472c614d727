package dev.insitu.elastic.codec;

/**
 * Bytes of RAW blocks by their place in the element: all first bytes, all second bytes, and so on.
 */
final class Shuffle {

  private Shuffle() {}

  /** Parts elements of {@code size} bytes; what does not fill an element follows as it is. */
  static byte[] split(byte[] bytes, int size) {
    byte[] shuffled = bytes.clone();
    int elements = bytes.length / size;
    for (int place = 0; place < size; place++) {
      for (int i = 0; i < elements; i++) {
        shuffled[place * elements + i] = bytes[i * size + place];
      }
    }
    return shuffled;
  }

  /** The inverse of {@link #split}. */
  static byte[] join(byte[] shuffled, int size) {
    byte[] bytes = shuffled.clone();
    int elements = bytes.length / size;
    for (int place = 0; place < size; place++) {
      for (int i = 0; i < elements; i++) {
        bytes[i * size + place] = shuffled[place * elements + i];
      }
    }
    return bytes;
  }
}
