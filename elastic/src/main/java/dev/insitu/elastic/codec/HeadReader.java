package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the heads of a chunk's PLANES blocks: streams HL to H0. */
record HeadReader(StreamReader streams, List<Block> blocks) {

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
        if (!PlaneHead.isZeroPoint(type, zeroPoints[i])) {
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
