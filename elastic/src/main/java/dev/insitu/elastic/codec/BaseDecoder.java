package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
    List<VectorContent> vectors = readVectors(blocks(states, Coding.VECTOR));
    List<RawContent> raws = readRaws(blocks(states, Coding.RAW));
    streams.end();
    return inOrder(states, vectors, raws);
  }

  private static List<Block> blocks(List<BlockState> states, Coding coding) {
    return states.stream()
        .map(BlockState::block)
        .filter(block -> block.tensor().coding() == coding)
        .collect(Collectors.toUnmodifiableList());
  }

  private void readPlanes() {
    PlaneReader reader = new PlaneReader(streams);
    for (int j = BitPlanes.MAX - 1; j >= 0; j--) {
      int above = j;
      List<PlaneContent> present =
          planes.stream().filter(c -> c.level() + above < c.head().planeCount()).collect(Collectors.toUnmodifiableList());
      List<long[]> bits = reader.planes(present);
      for (int i = 0; i < bits.size(); i++) {
        present.get(i).addPlane(present.get(i).level() + j, bits.get(i));
      }
    }
    List<Mask> masks = planes.stream().map(content -> Mask.of(content.significant())).collect(Collectors.toUnmodifiableList());
    List<long[]> signs = reader.bits(masks);
    for (int i = 0; i < signs.size(); i++) {
      planes.get(i).addSigns(signs.get(i), masks.get(i));
    }
  }

  private List<VectorContent> readVectors(List<Block> blocks) {
    long length = blocks.stream().mapToLong(Block::length).sum();
    ByteBuffer high = streams.next(length);
    ByteBuffer low = streams.next(length);
    return blocks.stream().map(block -> VectorContent.read(high, low, block.length())).collect(Collectors.toUnmodifiableList());
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
            case VECTOR -> nextVector.next();
            case RAW -> nextRaw.next();
          });
    }
    return contents;
  }

  /** Reads the heads of the PLANES blocks. */
  private record HeadReader(StreamReader streams, List<Block> blocks) {

    List<PlaneHead> read() {
      byte[] counts = new byte[blocks.size()];
      streams.next(counts, 0, counts.length);
      List<byte[]> rhos = readRhos();
      int[] zeroPoints = readZeroPoints();
      List<RowSteps> steps = readSteps();
      List<PlaneHead> heads = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] < 0 || counts[i] > BitPlanes.MAX) {
          throw StreamReader.corrupt("a block has " + (counts[i] & 0xff) + " planes; at most 15 fit");
        }
        heads.add(new PlaneHead(counts[i], rhos.get(i), zeroPoints[i], steps.get(i)));
      }
      return heads;
    }

    private List<byte[]> readRhos() {
      long bytes = 0;
      for (Block block : blocks) {
        bytes += rhoBytes(block.tensor());
      }
      ByteBuffer stream = streams.next(bytes);
      List<byte[]> rhos = new ArrayList<>();
      for (Block block : blocks) {
        byte[] packed = new byte[rhoBytes(block.tensor())];
        stream.get(packed);
        byte[] rho = new byte[block.tensor().refinements() + 1];
        if (!Fields.unpack(packed, 4, rho, 0, rho.length)) {
          throw StreamReader.corrupt("bits are set after the last rho");
        }
        rhos.add(rho);
      }
      return rhos;
    }

    private static int rhoBytes(TensorSpec tensor) {
      return Fields.packedLength(tensor.refinements() + 1, 4);
    }

    private int[] readZeroPoints() {
      long count = blocks.stream().filter(block -> !block.tensor().floatPlanes()).count();
      ByteBuffer stream = streams.next(2 * count);
      int[] zeroPoints = new int[blocks.size()];
      for (int i = 0; i < zeroPoints.length; i++) {
        ElementType type = blocks.get(i).tensor().type();
        if (!type.floating()) {
          zeroPoints[i] = stream.getShort();
          int min = type == ElementType.INT8 ? Byte.MIN_VALUE : 0;
          if (zeroPoints[i] < min || zeroPoints[i] > min + 255) {
            throw StreamReader.corrupt("a block of " + type + " has zero point " + zeroPoints[i]);
          }
        }
      }
      return zeroPoints;
    }

    private List<RowSteps> readSteps() {
      long rows = 0;
      for (Block block : blocks) {
        rows += block.tensor().floatPlanes() ? block.rows() : 0;
      }
      ByteBuffer high = streams.next(rows);
      ByteBuffer low = streams.next(rows);
      List<RowSteps> steps = new ArrayList<>();
      for (Block block : blocks) {
        steps.add(readSteps(block, high, low));
      }
      return steps;
    }

    private static RowSteps readSteps(Block block, ByteBuffer high, ByteBuffer low) {
      if (!block.tensor().floatPlanes()) {
        return RowSteps.none();
      }
      short[] codes = new short[block.rows()];
      for (int row = 0; row < codes.length; row++) {
        int code = (high.get() & 0xff) << 8 | low.get() & 0xff;
        if (!Steps.isCode(code)) {
          throw StreamReader.corrupt("a row has step code " + code);
        }
        codes[row] = (short) code;
      }
      return RowSteps.ofCodes(block.tensor().rowLength(), codes);
    }
  }
}
