package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.ElementType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Reads a chunk of the lossless group and writes reference values. */
final class LosslessDecoder {

  private final List<BlockState> states;
  private final List<Mask> zeros = new ArrayList<>();
  private final List<long[]> zeroSigns;
  private final DistanceReader distances;
  private final Distance16 halves;
  private final IdentityHashMap<BlockState, short[]> halvesOf; // of blocks without planes
  private final ByteBuffer vectorHigh;
  private final ByteBuffer vectorLow;

  /** Reads all streams. */
  LosslessDecoder(StreamReader streams, List<BlockState> states) {
    this.states = states;
    int[] counts = new int[SizeClass.COUNT];
    int[] counts16 = new int[SizeClass.COUNT];
    long vectorLength = 0;
    List<BlockState> stated = new ArrayList<>();
    halvesOf = new IdentityHashMap<>();
    for (BlockState state : states) {
      if (isPlanes(state)) {
        PlaneContent content = state.planesAt(0);
        zeros.add(content.zeros());
        add(content.planes().bitLengths(), isFloat32(state) ? counts : counts16);
        continue;
      }
      halvesOf.put(state, state.vectorBefore(state.levels() + 1).halves());
      vectorLength += isFloat32(state) ? state.block().length() : 0;
      if (state.block().tensor().coding() == Coding.STATED) {
        stated.add(state);
      }
    }
    zeroSigns = new PlaneReader(streams).bits(zeros.stream().mapToInt(Mask::count).toArray());
    distances = new DistanceReader(streams, counts);
    halves = readHalves(streams, counts16);
    readStated(streams, stated);
    vectorHigh = streams.next(vectorLength);
    vectorLow = streams.next(vectorLength);
    streams.end();
  }

  /** Writes the values of all blocks. */
  void decode(ChunkDecoder.Targets targets) {
    int planesBlock = 0;
    for (BlockState state : states) {
      ByteBuffer target = Values.view(targets.slice(state));
      if (isPlanes(state)) {
        decode(state, zeros.get(planesBlock), zeroSigns.get(planesBlock), target);
        planesBlock++;
      } else {
        write(state, target);
      }
    }
  }

  private void write(BlockState state, ByteBuffer target) {
    short[] exact = halvesOf.getOrDefault(state, new short[0]);
    if (isFloat32(state)) {
      VectorContent.writeExact(exact, vectorHigh, vectorLow, target);
    } else {
      VectorContent.write(exact, target);
    }
  }

  private void readStated(StreamReader streams, List<BlockState> states) {
    List<VectorContent> before =
        states.stream()
            .map(state -> state.vectorBefore(state.levels() + 1))
            .collect(Collectors.toUnmodifiableList());
    List<short[]> after = Statement.read(streams, before);
    for (int i = 0; i < states.size(); i++) {
      halvesOf.put(states.get(i), after.get(i));
    }
  }

  private void decode(BlockState state, Mask zero, long[] signsOfZeros, ByteBuffer target) {
    Block block = state.block();
    ElementType type = block.tensor().type();
    PlaneContent content = state.planesAt(0);
    long[] signs = content.planes().signs().clone();
    Deposit.spread(signsOfZeros, zero.words(), signs);
    CodeTile tile = new CodeTile(block.length());
    float[] table = DistanceReader.magnitudes(content.head().planeCount());
    float[] steps = new float[tile.length()];
    int[] bits = new int[tile.length()];
    short[] bits16 = new short[tile.length()];
    boolean possible = true;
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(content.planes(), content.head().planeCount(), signs, first);
      content.head().steps().fill(first, tile.count(), steps);
      ByteBuffer to = Values.at(target, first * type.bytes());
      if (type == ElementType.FLOAT32) {
        possible &= distances.values(tile, zero, table, steps, bits);
        to.asIntBuffer().put(bits, 0, tile.count());
      } else {
        possible &= halves.join(type, tile, steps, bits16);
        to.asShortBuffer().put(bits16, 0, tile.count());
      }
    }
    if (!possible) {
      throw StreamReader.corrupt("a distance leads out of its code's interval");
    }
  }

  private static Distance16 readHalves(StreamReader streams, int[] counts) {
    Distance16 halves = new Distance16(counts);
    for (int c = 0; c < SizeClass.COUNT; c++) {
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
