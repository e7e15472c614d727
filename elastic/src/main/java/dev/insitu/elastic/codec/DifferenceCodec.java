package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ElasticException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference values of a version coded against those of an earlier one (format, section 7).
 * Stateless.
 */
public final class DifferenceCodec {

  /** Element sizes in the order of their streams. */
  private static final int[] SIZES = {8, 4, 2, 1};

  private DifferenceCodec() {}

  /**
   * The bytes of a difference chunk.
   *
   * @param blocks blocks of the new version, in order
   * @param newer for each block its reference values, little-endian, from the position on
   * @param base for each block the earlier version's values in its place, likewise
   * @param zstdLevel 1 to 19
   */
  public static byte[] encode(
      List<Block> blocks, List<ByteBuffer> newer, List<ByteBuffer> base, int zstdLevel) {
    requireSameSize(blocks, newer, base);
    try (StreamWriter streams = new StreamWriter(zstdLevel, EntropyCoding.SHORTEST)) {
      for (int size : SIZES) {
        ZigzagPlanes planes = new ZigzagPlanes(size, elements(blocks, size));
        for (int i = 0; i < blocks.size(); i++) {
          if (ZigzagPlanes.size(blocks.get(i)) == size) {
            planes.split(blocks.get(i), Values.view(newer.get(i)), Values.view(base.get(i)));
          }
        }
        for (int place = size - 1; place >= 0; place--) {
          streams.add(StreamWriter.Kind.TEXT, planes.plane(place));
        }
      }
      streams.add(StreamWriter.Kind.TEXT, trailing(blocks, newer, base));
      return streams.toBytes();
    }
  }

  /**
   * Writes the reference values of a difference chunk's blocks. The chunk is read and checked whole
   * before the first value is written.
   *
   * @param blocks blocks of the new version, in order
   * @param base for each block the earlier version's values in its place, little-endian, from the
   *     position on
   * @param chunk the chunk from its position to its limit, direct or heap; the position stays
   * @param targets for each block where its values go, from the position on; may be the base's
   *     memory
   * @throws ElasticException CORRUPT if the bytes contradict the format, TOO_NEW for another
   *     payload version, LIMIT if the blocks are too long together
   */
  public static void decode(
      List<Block> blocks, List<ByteBuffer> base, ByteBuffer chunk, List<ByteBuffer> targets) {
    requireSameSize(blocks, targets, base);
    List<ZigzagPlanes> all = new ArrayList<>();
    ByteBuffer trailing;
    try (StreamReader streams = new StreamReader(chunk)) {
      for (int size : SIZES) {
        ZigzagPlanes planes = new ZigzagPlanes(size, elements(blocks, size));
        for (int place = size - 1; place >= 0; place--) {
          byte[] plane = planes.plane(place);
          streams.next(plane, 0, plane.length);
        }
        all.add(planes);
      }
      trailing = streams.next(blocks.stream().mapToLong(ZigzagPlanes::trailing).sum());
      streams.end();
    }
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      ByteBuffer from = Values.view(base.get(i));
      ByteBuffer to = Values.view(targets.get(i));
      for (ZigzagPlanes planes : all) {
        if (planes.size() == ZigzagPlanes.size(block)) {
          planes.join(block, from, to);
        }
      }
      for (int at = block.byteLength() - ZigzagPlanes.trailing(block);
          at < block.byteLength();
          at++) {
        to.put(at, (byte) (from.get(at) + trailing.get()));
      }
    }
  }

  private static byte[] trailing(
      List<Block> blocks, List<ByteBuffer> newer, List<ByteBuffer> base) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < blocks.size(); i++) {
      int length = blocks.get(i).byteLength();
      ByteBuffer to = Values.view(newer.get(i));
      ByteBuffer from = Values.view(base.get(i));
      for (int at = length - ZigzagPlanes.trailing(blocks.get(i)); at < length; at++) {
        bytes.write(to.get(at) - from.get(at));
      }
    }
    return bytes.toByteArray();
  }

  private static int elements(List<Block> blocks, int size) {
    return blocks.stream()
        .filter(block -> ZigzagPlanes.size(block) == size)
        .mapToInt(ZigzagPlanes::elements)
        .sum();
  }

  private static void requireSameSize(
      List<Block> blocks, List<ByteBuffer> values, List<ByteBuffer> base) {
    BlockLimit.require(blocks);
    for (int i = 0; i < blocks.size(); i++) {
      int length = blocks.get(i).byteLength();
      if (values.get(i).remaining() < length || base.get(i).remaining() < length) {
        throw ElasticException.invalid(
            "Block "
                + blocks.get(i).index()
                + " has "
                + length
                + " bytes, a buffer given for it less.");
      }
    }
  }
}
