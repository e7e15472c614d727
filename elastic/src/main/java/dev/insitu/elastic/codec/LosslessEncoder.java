package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes a chunk of the lossless group. */
final class LosslessEncoder {

  private final StreamWriter streams;
  private final List<BlockCodes> planes;
  private final List<BlockCodes> vectors;
  private final Distances distances;
  private final Distance16 halves;

  LosslessEncoder(StreamWriter streams, List<BlockCodes> blocks) {
    this.streams = streams;
    planes = blocks.stream().filter(BlockCodes::isPlanes).toList();
    vectors = blocks.stream().filter(codes -> !codes.isPlanes()).toList();
    int[] counts = new int[Distances.CLASSES];
    int[] counts16 = new int[Distances.CLASSES];
    for (BlockCodes codes : planes) {
      int[] lengths = codes.planes().planes().bitLengths();
      for (int c = 0; c < lengths.length; c++) {
        (codes.isFloat32Planes() ? counts : counts16)[c] += lengths[c];
      }
    }
    distances = new Distances(counts);
    halves = new Distance16(counts16);
  }

  void encode() {
    List<PlaneStreams.Bits> signs = new ArrayList<>();
    for (BlockCodes codes : planes) {
      signs.add(PlaneStreams.signs(codes.planes(), codes.planes().zeros()));
      split(codes);
    }
    streams.add(Kind.BITS, PlaneStreams.bytes(signs));
    streams.add(Kind.NUMBERS, distances.first);
    int begin = 0;
    for (int c = 0; c < Distances.CLASSES; c++) {
      int end = begin + distances.count(c);
      streams.add(Kind.NUMBERS, Arrays.copyOfRange(distances.top, begin, end));
      begin = end;
    }
    streams.add(Kind.NUMBERS, distances.middle);
    streams.add(Kind.NUMBERS, distances.last);
    for (int c = 0; c < Distances.CLASSES; c++) {
      streams.add(Kind.NUMBERS, halves.high[c]);
      streams.add(Kind.NUMBERS, halves.low[c]);
    }
    writeVectors();
  }

  private void split(BlockCodes codes) {
    Block block = codes.block();
    ElementType type = block.tensor().type();
    PlaneCodes planes = codes.planes();
    int planeCount = codes.planeCount();
    int mask = (1 << planeCount) - 1;
    CodeTile tile = new CodeTile(block.length());
    float[] steps = new float[tile.length()];
    int[] weights = new int[tile.length()];
    short[] weights16 = new short[tile.length()];
    for (int first = 0; first < block.length(); first += tile.length()) {
      int count = Math.min(tile.length(), block.length() - first);
      tile.load(planes.planes(), planeCount, planes.planes().signs(), first);
      planes.head().steps().fill(first, count, steps);
      ByteBuffer from = Values.at(codes.reference(), first * type.bytes());
      if (type == ElementType.FLOAT32) {
        from.asIntBuffer().get(weights, 0, count);
        Distance32.split(tile.codes, mask, steps, weights, count, distances);
      } else {
        from.asShortBuffer().get(weights16, 0, count);
        halves.split(type, tile.codes, mask, steps, weights16, count);
      }
    }
  }

  private void writeVectors() {
    int length = vectors.stream().map(BlockCodes::block).mapToInt(Block::length).sum();
    ByteBuffer high = ByteBuffer.allocate(length);
    ByteBuffer low = ByteBuffer.allocate(length);
    for (BlockCodes codes : vectors) {
      VectorContent.writeDistances(Values.view(codes.reference()), high, low);
    }
    streams.add(Kind.NUMBERS, high.array());
    streams.add(Kind.NUMBERS, low.array());
  }
}
