package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElasticException;
import java.util.List;

/** The limit on the elements that one chunk covers, which bounds what its streams expand to. */
final class BlockLimit {

  /** Elements, of RAW blocks bytes. */
  static final int MAX_ELEMENTS = 1 << 26;

  private BlockLimit() {}

  static void require(List<Block> blocks) {
    long elements = blocks.stream().mapToLong(Block::length).sum();
    if (elements > MAX_ELEMENTS) {
      throw ElasticException.limit(
          "A chunk covers " + elements + " elements; at most " + MAX_ELEMENTS + " are allowed.");
    }
  }
}
