package dev.insitu.forge.levels;

import java.util.List;

/**
 * A normalisation whose statistics can put right what coarser weights have shifted.
 *
 * @param node its number in the graph
 * @param channels of the value that it normalises, in dimension 1
 * @param mean number of the package's tensor
 * @param variance number of the package's tensor
 */
record Site(int node, int channels, int mean, int variance) {

  /** Which of the node's inputs the mean is. */
  static final int MEAN = 3;

  /** Which of the node's inputs the variance is. */
  static final int VARIANCE = 4;

  List<Integer> tensors() {
    return List.of(mean, variance);
  }
}
