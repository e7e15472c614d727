package dev.insitu.elastic.codec;

/**
 * The head of a PLANES block.
 *
 * @param planeCount P, the least number of planes that hold every magnitude
 * @param rhos for each level 0..s the sixteenths of a bin at which values are rebuilt
 * @param zeroPoint the weight that has code 0; 0 for float types
 * @param steps the step of each row; of one step 1 for integer types
 */
record PlaneHead(int planeCount, byte[] rhos, int zeroPoint, RowSteps steps) {

  int rho(int level) {
    return rhos[level];
  }

  long memoryBytes() {
    return rhos.length + steps.memoryBytes();
  }
}
