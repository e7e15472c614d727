package dev.insitu.elastic.codec;

/**
 * The distances from codes to reference values of a chunk's float32 blocks, by bytes and classes: the
 * arrays behind the streams X, T_L, M1 and M0, and how far each is used.
 */
final class Distances {

  /** Classes: bit lengths of a magnitude. */
  static final int CLASSES = BitPlanes.MAX + 1;

  /** From this class on a distance has two bytes, not three. */
  static final int SHORT_CLASS = 9;

  /** Fourth bytes, of the elements with code 0. */
  final byte[] first;

  /** Highest bytes of all other distances, class after class. */
  final byte[] top;

  /** Where the next one of each class stands in {@link #top}. */
  final int[] topAt = new int[CLASSES];

  final byte[] middle;
  final byte[] last;
  int firstAt;
  int middleAt;
  int lastAt;

  private final int[] counts;

  /** Room for that many elements of each class. */
  Distances(int[] counts) {
    this.counts = counts.clone();
    int sum = 0;
    int middles = 0;
    for (int c = 0; c < CLASSES; c++) {
      topAt[c] = sum;
      sum += counts[c];
      middles += c < SHORT_CLASS ? counts[c] : 0;
    }
    first = new byte[counts[0]];
    top = new byte[sum];
    middle = new byte[middles];
    last = new byte[sum];
  }

  /** Elements of a class. */
  int count(int sizeClass) {
    return counts[sizeClass];
  }
}
