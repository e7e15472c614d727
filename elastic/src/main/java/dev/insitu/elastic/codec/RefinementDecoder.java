package dev.insitu.elastic.codec;

import dev.insitu.elastic.Coding;
import java.util.ArrayList;
import java.util.List;

/** Reads a chunk of a group between base and lossless: a plane, and values stated anew. */
final class RefinementDecoder {

  private RefinementDecoder() {}

  /**
   * Adds plane {@code k} to blocks that hold all planes above it.
   *
   * @param group the plane's
   */
  static void decode(StreamReader streams, int group, int k, List<BlockState> states) {
    List<PlaneContent> contents = new ArrayList<>();
    List<PlaneContent> present = new ArrayList<>();
    List<VectorContent> vectors = new ArrayList<>();
    for (BlockState state : states) {
      if (state.block().tensor().coding() == Coding.STATED) {
        vectors.add(state.vectorBefore(group));
        continue;
      }
      PlaneContent content = state.planesAt(k + 1);
      contents.add(content);
      if (k < content.head().planeCount()) {
        present.add(content);
      }
    }
    PlaneReader reader = new PlaneReader(streams);
    List<long[]> planes = reader.planes(present);
    int[] counts = new int[planes.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = present.get(i).countNew(planes.get(i));
    }
    List<long[]> signs = reader.bits(counts);
    List<short[]> stated = Statement.read(streams, vectors);
    streams.end();
    for (int i = 0; i < counts.length; i++) {
      present.get(i).addPlane(k, planes.get(i), signs.get(i));
    }
    contents.forEach(content -> content.completeLevel(k));
    for (int i = 0; i < vectors.size(); i++) {
      vectors.get(i).restate(stated.get(i));
    }
  }
}
