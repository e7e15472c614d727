package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads a chunk of one plane. */
final class RefinementDecoder {

  private final int k;
  private final List<PlaneContent> contents = new ArrayList<>();

  private RefinementDecoder(int k) {
    this.k = k;
  }

  /** Adds plane {@code k} to blocks that hold all planes above it. */
  static void decode(StreamReader streams, int k, List<BlockState> states) {
    RefinementDecoder decoder = new RefinementDecoder(k);
    for (BlockState state : states) {
      decoder.contents.add(state.planesAt(k + 1));
    }
    decoder.decode(streams);
  }

  private void decode(StreamReader streams) {
    List<PlaneContent> present = contents.stream().filter(c -> k < c.head().planeCount()).toList();
    List<long[]> planes = readPlanes(streams, present);
    List<long[]> masks = new ArrayList<>();
    for (int i = 0; i < planes.size(); i++) {
      masks.add(present.get(i).newlySignificant(planes.get(i)));
    }
    List<long[]> signs = readSigns(streams, masks);
    streams.end();
    for (int i = 0; i < planes.size(); i++) {
      present.get(i).addPlane(k, planes.get(i));
      present.get(i).addSigns(signs.get(i), masks.get(i));
    }
    contents.forEach(content -> content.completeLevel(k));
  }

  private static List<long[]> readPlanes(StreamReader streams, List<PlaneContent> present) {
    ByteBuffer stream = streams.next(present.stream().mapToLong(PlaneContent::planeBytes).sum());
    return present.stream()
        .map(content -> StreamReader.bits(stream, content.planes().length()))
        .toList();
  }

  private static List<long[]> readSigns(StreamReader streams, List<long[]> masks) {
    ByteBuffer stream = streams.next(masks.stream().mapToLong(m -> Words.bytes(Words.count(m))).sum());
    return masks.stream().map(mask -> StreamReader.bits(stream, Words.count(mask))).toList();
  }
}
