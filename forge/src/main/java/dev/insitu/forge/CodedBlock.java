package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.codec.BlockCodes;

/** A quantised block, whose values stay in memory until all its groups are in chunks. */
final class CodedBlock {

  private final BlockCodes codes;
  private final Runnable afterwards;
  private int groupsLeft;

  /**
   * @param groups how many groups it has content in
   * @param afterwards run when all of them are in chunks
   */
  CodedBlock(BlockCodes codes, int groups, Runnable afterwards) {
    this.codes = codes;
    this.groupsLeft = groups;
    this.afterwards = afterwards;
  }

  BlockCodes codes() {
    return codes;
  }

  Block block() {
    return codes.block();
  }

  /** Tells that one more of its groups is in a chunk. */
  void written() {
    groupsLeft--;
    if (groupsLeft == 0) {
      afterwards.run();
    }
  }
}
