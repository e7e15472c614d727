package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the streams B and S of several blocks. */
final class PlaneReader {

  private final StreamReader streams;

  PlaneReader(StreamReader streams) {
    this.streams = streams;
  }

  /** One plane of each block, whole or split by what is significant already. */
  List<long[]> planes(List<PlaneContent> contents) {
    if (contents.isEmpty()) {
      return List.of();
    }
    if (streams.isSplitNext()) {
      return splitPlanes(contents);
    }
    return bits(contents.stream().mapToInt(content -> content.planes().length()).toArray());
  }

  private List<long[]> splitPlanes(List<PlaneContent> contents) {
    int[] zeroCounts = new int[contents.size()];
    int[] otherCounts = new int[contents.size()];
    for (int i = 0; i < zeroCounts.length; i++) {
      otherCounts[i] = Words.count(contents.get(i).significant());
      zeroCounts[i] = contents.get(i).planes().length() - otherCounts[i];
    }
    List<long[]> ofZeros = bits(streams.nextOfSplit(bytes(zeroCounts)), zeroCounts);
    List<long[]> ofOthers = bits(otherCounts);
    List<long[]> planes = new ArrayList<>();
    for (int i = 0; i < zeroCounts.length; i++) {
      PlaneContent content = contents.get(i);
      long[] plane = new long[content.planes().words()];
      Deposit.spread(ofZeros.get(i), content.zeros().words(), plane);
      Deposit.spread(ofOthers.get(i), content.significant(), plane);
      planes.add(plane);
    }
    return planes;
  }

  /** One stream with so many bits for each block. */
  List<long[]> bits(int[] counts) {
    return bits(streams.next(bytes(counts)), counts);
  }

  private static List<long[]> bits(ByteBuffer stream, int[] counts) {
    List<long[]> bits = new ArrayList<>();
    for (int count : counts) {
      bits.add(StreamReader.bits(stream, count));
    }
    return bits;
  }

  private static long bytes(int[] counts) {
    long bytes = 0;
    for (int count : counts) {
      bytes += Words.bytes(count);
    }
    return bytes;
  }
}
