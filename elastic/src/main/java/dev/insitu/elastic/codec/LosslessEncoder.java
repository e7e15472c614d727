package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.codec.StreamWriter.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a chunk of the lossless group. */
final class LosslessEncoder {

  private final StreamWriter streams;
  private final List<BlockCodes> planes;
  private final List<BlockCodes> vectors;
  private final int group;
  private final DistanceWriter distances;
  private final Distance16 halves;

  /**
   * @param group the lossless group's number
   */
  LosslessEncoder(StreamWriter streams, int group, List<BlockCodes> blocks) {
    this.streams = streams;
    this.group = group;
    planes = blocks.stream().filter(BlockCodes::isPlanes).collect(Collectors.toUnmodifiableList());
    vectors =
        blocks.stream().filter(codes -> !codes.isPlanes()).collect(Collectors.toUnmodifiableList());
    int[] counts = new int[SizeClass.COUNT];
    int[] counts16 = new int[SizeClass.COUNT];
    for (BlockCodes codes : planes) {
      int[] lengths = codes.planes().planes().bitLengths();
      for (int c = 0; c < lengths.length; c++) {
        (codes.isFloat32Planes() ? counts : counts16)[c] += lengths[c];
      }
    }
    distances = new DistanceWriter(counts);
    halves = new Distance16(counts16);
  }

  void encode() {
    List<Packed> signs = new ArrayList<>();
    for (BlockCodes codes : planes) {
      signs.add(codes.planes().signs(codes.planes().zeros()));
      split(codes);
    }
    streams.add(Kind.BITS, PlaneStreams.join(signs));
    distances.write(streams);
    for (int c = 0; c < SizeClass.COUNT; c++) {
      streams.add(Kind.NUMBERS, halves.high[c]);
      streams.add(Kind.NUMBERS, halves.low[c]);
    }
    ChunkEncoder.writeStated(streams, group, vectors);
    writeVectors();
  }

  private void split(BlockCodes codes) {
    Block block = codes.block();
    ElementType type = block.tensor().type();
    PlaneCodes planes = codes.planes();
    CodeTile tile = new CodeTile(block.length());
    float[] steps = new float[tile.length()];
    int[] weights = new int[tile.length()];
    short[] weights16 = new short[tile.length()];
    for (int first = 0; first < block.length(); first += tile.length()) {
      tile.load(planes.planes(), codes.planeCount(), planes.planes().signs(), first);
      planes.head().steps().fill(first, tile.count(), steps);
      ByteBuffer from = Values.at(codes.reference(), first * type.bytes());
      if (type == ElementType.FLOAT32) {
        from.asIntBuffer().get(weights, 0, tile.count());
        distances.add(tile, steps, weights);
      } else {
        from.asShortBuffer().get(weights16, 0, tile.count());
        halves.split(type, tile, steps, weights16);
      }
    }
  }

  private void writeVectors() {
    List<BlockCodes> wide =
        vectors.stream()
            .filter(codes -> codes.block().tensor().type() == ElementType.FLOAT32)
            .collect(Collectors.toUnmodifiableList());
    int length = wide.stream().map(BlockCodes::block).mapToInt(Block::length).sum();
    ByteBuffer high = ByteBuffer.allocate(length);
    ByteBuffer low = ByteBuffer.allocate(length);
    for (BlockCodes codes : wide) {
      VectorContent.writeDistances(Values.view(codes.reference()), high, low);
    }
    streams.add(Kind.NUMBERS, high.array());
    streams.add(Kind.NUMBERS, low.array());
  }
}
