package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Reads a chunk of group 0. */
final class BaseDecoder {

  private final StreamReader streams;
  private final List<PlaneContent> planes = new ArrayList<>();

  private BaseDecoder(StreamReader streams) {
    this.streams = streams;
  }

  static void decode(StreamReader streams, List<BlockState> states) {
    states.forEach(BlockState::requireNothing);
    List<BlockContent> contents = new BaseDecoder(streams).contents(states);
    for (int i = 0; i < contents.size(); i++) {
      states.get(i).begin(contents.get(i));
    }
  }

  private List<BlockContent> contents(List<BlockState> states) {
    List<Block> planeBlocks = blocks(states, Coding.PLANES);
    List<PlaneHead> heads = new HeadReader(streams, planeBlocks).read();
    for (int i = 0; i < heads.size(); i++) {
      planes.add(new PlaneContent(planeBlocks.get(i), heads.get(i)));
    }
    readPlanes();
    List<VectorContent> vectors = readVectors(blocks(states, Coding.VECTOR, Coding.STATED));
    List<RawContent> raws = readRaws(blocks(states, Coding.RAW));
    streams.end();
    return inOrder(states, vectors, raws);
  }

  private static List<Block> blocks(List<BlockState> states, Coding... codings) {
    return states.stream()
        .map(BlockState::block)
        .filter(block -> Arrays.asList(codings).contains(block.tensor().coding()))
        .collect(Collectors.toUnmodifiableList());
  }

  private void readPlanes() {
    PlaneReader reader = new PlaneReader(streams);
    for (int j = BitPlanes.MAX - 1; j >= 0; j--) {
      int above = j;
      List<PlaneContent> present =
          planes.stream()
              .filter(c -> c.level() + above < c.head().planeCount())
              .collect(Collectors.toUnmodifiableList());
      List<long[]> bits = reader.planes(present);
      for (int i = 0; i < bits.size(); i++) {
        present.get(i).addBasePlane(present.get(i).level() + j, bits.get(i));
      }
    }
    int[] counts = planes.stream().mapToInt(c -> Words.count(c.significant())).toArray();
    List<long[]> signs = reader.bits(counts);
    for (int i = 0; i < counts.length; i++) {
      planes.get(i).addBaseSigns(signs.get(i));
    }
  }

  private List<VectorContent> readVectors(List<Block> blocks) {
    long length = blocks.stream().mapToLong(Block::length).sum();
    ByteBuffer high = streams.next(length);
    ByteBuffer low = streams.next(length);
    return blocks.stream()
        .map(block -> VectorContent.read(block.tensor().type(), high, low, block.length()))
        .collect(Collectors.toUnmodifiableList());
  }

  private List<RawContent> readRaws(List<Block> blocks) {
    ByteBuffer stream = streams.next(blocks.stream().mapToLong(Block::length).sum());
    List<RawContent> raws = new ArrayList<>();
    for (Block block : blocks) {
      byte[] shuffled = new byte[block.length()];
      stream.get(shuffled);
      raws.add(new RawContent(Shuffle.join(shuffled, block.tensor().type().bytes())));
    }
    return raws;
  }

  private List<BlockContent> inOrder(
      List<BlockState> states, List<VectorContent> vectors, List<RawContent> raws) {
    var nextPlanes = planes.iterator();
    var nextVector = vectors.iterator();
    var nextRaw = raws.iterator();
    List<BlockContent> contents = new ArrayList<>();
    for (BlockState state : states) {
      contents.add(
          switch (state.block().tensor().coding()) {
            case PLANES -> nextPlanes.next();
            case VECTOR, STATED -> nextVector.next();
            case RAW -> nextRaw.next();
          });
    }
    return contents;
  }
}
