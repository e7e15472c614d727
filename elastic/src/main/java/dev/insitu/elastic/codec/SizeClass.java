package dev.insitu.elastic.codec;

/** Classes of codes by the bit length of their magnitude, which parts distances into streams. */
final class SizeClass {

  /** Classes 0 to 15. */
  static final int COUNT = BitPlanes.MAX + 1;

  /** From this class on the distance of a float32 has two bytes, not three. */
  static final int SHORT = 9;

  private SizeClass() {}

  static int of(int magnitude) {
    return 32 - Integer.numberOfLeadingZeros(magnitude);
  }

  /** Where the elements of each class begin when they stand class after class. */
  static int[] begins(int[] counts) {
    int[] begins = new int[COUNT];
    for (int c = 1; c < COUNT; c++) {
      begins[c] = begins[c - 1] + counts[c - 1];
    }
    return begins;
  }

  /** Elements of the classes below {@code end}. */
  static int sum(int[] counts, int end) {
    int sum = 0;
    for (int c = 0; c < end; c++) {
      sum += counts[c];
    }
    return sum;
  }
}
