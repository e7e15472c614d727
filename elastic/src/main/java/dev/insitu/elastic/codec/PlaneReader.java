package dev.insitu.elastic.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
    return streams.isSplitNext() ? splitPlanes(contents) : wholePlanes(contents);
  }

  private List<long[]> wholePlanes(List<PlaneContent> contents) {
    List<long[]> planes = new ArrayList<>();
    long bytes = 0;
    for (PlaneContent content : contents) {
      bytes += Words.bytes(content.planes().length());
    }
    ByteBuffer stream = streams.next(bytes);
    for (PlaneContent content : contents) {
      planes.add(StreamReader.bits(stream, content.planes().length()));
    }
    return planes;
  }

  private List<long[]> splitPlanes(List<PlaneContent> contents) {
    List<Mask> zeros = contents.stream().map(PlaneContent::zeros).collect(Collectors.toUnmodifiableList());
    List<Mask> others = contents.stream().map(content -> Mask.of(content.significant())).collect(Collectors.toUnmodifiableList());
    List<long[]> ofZeros = bits(streams.nextOfSplit(bytes(zeros)), zeros);
    List<long[]> ofOthers = bits(others);
    List<long[]> planes = new ArrayList<>();
    for (int i = 0; i < contents.size(); i++) {
      long[] plane = new long[contents.get(i).planes().words()];
      Deposit.spread(ofZeros.get(i), zeros.get(i).words(), plane);
      Deposit.spread(ofOthers.get(i), others.get(i).words(), plane);
      planes.add(plane);
    }
    return planes;
  }

  /** One stream with a bit for each element of each mask. */
  List<long[]> bits(List<Mask> masks) {
    return bits(streams.next(bytes(masks)), masks);
  }

  private static List<long[]> bits(ByteBuffer stream, List<Mask> masks) {
    List<long[]> bits = new ArrayList<>();
    for (Mask mask : masks) {
      bits.add(StreamReader.bits(stream, mask.count()));
    }
    return bits;
  }

  private static long bytes(List<Mask> masks) {
    return masks.stream().mapToLong(Mask::bytes).sum();
  }
}
