package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads a chunk of the lossless group and writes reference values. */
final class LosslessDecoder {

  private final List<BlockState> states;
  private final List<PlaneContent> contents = new ArrayList<>();
  private final List<long[]> zeroSigns = new ArrayList<>();
  private final Distances distances;
  private final Distance16 halves;
  private final ByteBuffer vectorHigh;
  private final ByteBuffer vectorLow;

  /** Reads all streams. */
  LosslessDecoder(StreamReader streams, List<BlockState> states) {
    this.states = states;
    int[] counts = new int[Distances.CLASSES];
    int[] counts16 = new int[Distances.CLASSES];
    long vectorLength = 0;
    for (BlockState state : states) {
      if (isPlanes(state)) {
        PlaneContent content = state.planesAt(0);
        contents.add(content);
        add(content.planes().bitLengths(), isFloat32(state) ? counts : counts16);
      } else {
        vectorLength += state.vector().length();
      }
    }
    readZeroSigns(streams);
    distances = readDistances(streams, counts);
    halves = readHalves(streams, counts16);
    vectorHigh = streams.next(vectorLength);
    vectorLow = streams.next(vectorLength);
    streams.end();
  }

  /** Writes the values of all blocks. */
  void decode(ChunkDecoder.Targets targets) {
    var nextSigns = zeroSigns.iterator();
    for (BlockState state : states) {
      ByteBuffer target = Values.view(targets.slice(state));
      if (isPlanes(state)) {
        decode(state.block(), state.planesAt(0), nextSigns.next(), target);
      } else {
        state.vector().rebuildExact(vectorHigh, vectorLow, target);
      }
    }
  }

  private void decode(Block block, PlaneContent content, long[] signsOfZeros, ByteBuffer target) {
    ElementType type = block.tensor().type();
    long[] signs = content.planes().signs().clone();
    Deposit.spread(signsOfZeros, content.zeros(), signs);
    CodeTile tile = new CodeTile(block.length());
    float[] steps = new float[tile.length()];
    int[] bits = new int[tile.length()];
    short[] bits16 = new short[tile.length()];
    int planeCount = content.head().planeCount();
    boolean possible = true;
    for (int first = 0; first < block.length(); first += tile.length()) {
      int count = Math.min(tile.length(), block.length() - first);
      tile.load(content.planes(), planeCount, signs, first);
      content.head().steps().fill(first, count, steps);
      ByteBuffer to = Values.at(target, first * type.bytes());
      if (type == ElementType.FLOAT32) {
        possible &= Distance32.join(tile.codes, planeCount, steps, count, distances, bits);
        to.asIntBuffer().put(bits, 0, count);
      } else {
        possible &= halves.join(type, tile.codes, planeCount, steps, count, bits16);
        to.asShortBuffer().put(bits16, 0, count);
      }
    }
    if (!possible) {
      throw StreamReader.corrupt("a distance leads out of its code's interval");
    }
  }

  private void readZeroSigns(StreamReader streams) {
    long bytes = 0;
    for (PlaneContent content : contents) {
      bytes += Words.bytes(Words.count(content.zeros()));
    }
    ByteBuffer stream = streams.next(bytes);
    for (PlaneContent content : contents) {
      zeroSigns.add(StreamReader.bits(stream, Words.count(content.zeros())));
    }
  }

  private static Distances readDistances(StreamReader streams, int[] counts) {
    Distances distances = new Distances(counts);
    streams.next(distances.first, 0, distances.first.length);
    for (int c = 0; c < Distances.CLASSES; c++) {
      streams.next(distances.top, distances.topAt[c], counts[c]);
    }
    streams.next(distances.middle, 0, distances.middle.length);
    streams.next(distances.last, 0, distances.last.length);
    return distances;
  }

  private static Distance16 readHalves(StreamReader streams, int[] counts) {
    Distance16 halves = new Distance16(counts);
    for (int c = 0; c < Distances.CLASSES; c++) {
      streams.next(halves.high[c], 0, counts[c]);
      streams.next(halves.low[c], 0, counts[c]);
    }
    return halves;
  }

  private static boolean isPlanes(BlockState state) {
    return state.block().tensor().coding() == Coding.PLANES;
  }

  private static boolean isFloat32(BlockState state) {
    return state.block().tensor().type() == ElementType.FLOAT32;
  }

  private static void add(int[] counts, int[] sums) {
    for (int c = 0; c < sums.length; c++) {
      sums[c] += counts[c];
    }
  }
}
