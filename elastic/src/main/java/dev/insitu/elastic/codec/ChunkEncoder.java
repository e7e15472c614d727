package dev.insitu.elastic.codec;

import java.util.List;
import java.util.stream.Collectors;

/** Writes chunks from quantised blocks (format, section 4). Safe for use by several threads. */
public final class ChunkEncoder {

  private final int levels;
  private final int zstdLevel;
  private final EntropyCoding coding;

  /**
   * Writes chunks as short as possible.
   *
   * @param levels the package's refinements R
   * @param zstdLevel zstd level for bytes that may repeat (RAW, VECTOR, heads), 1 to 19
   */
  public ChunkEncoder(int levels, int zstdLevel) {
    this(levels, zstdLevel, EntropyCoding.SHORTEST);
  }

  /**
   * @param levels the package's refinements R
   * @param zstdLevel zstd level for bytes that may repeat (RAW, VECTOR, heads), 1 to 19
   * @param coding which streams are coded
   */
  public ChunkEncoder(int levels, int zstdLevel, EntropyCoding coding) {
    this.levels = levels;
    this.zstdLevel = zstdLevel;
    this.coding = coding;
  }

  /**
   * The bytes of a chunk.
   *
   * @param group 0 base, 1..R planes, R + 1 lossless
   * @param blocks blocks that have content in the group, in order
   * @throws IllegalArgumentException if a block has nothing in the group
   */
  public byte[] encode(int group, List<BlockCodes> blocks) {
    for (BlockCodes codes : blocks) {
      if (!codes.block().tensor().hasContent(group, levels)) {
        throw new IllegalArgumentException(
            "Block " + codes.block().index() + " has nothing in group " + group);
      }
    }
    BlockLimit.require(
        blocks.stream().map(BlockCodes::block).collect(Collectors.toUnmodifiableList()));
    try (StreamWriter streams = new StreamWriter(zstdLevel, coding)) {
      if (group == 0) {
        new BaseEncoder(streams, blocks).encode();
      } else if (group <= levels) {
        List<PlaneCodes> codes =
            blocks.stream()
                .filter(BlockCodes::isPlanes)
                .map(BlockCodes::planes)
                .collect(Collectors.toUnmodifiableList());
        new PlaneStreams(streams).writeRefinement(codes, levels - group);
        writeStated(streams, group, blocks);
      } else {
        new LosslessEncoder(streams, group, blocks).encode();
      }
      return streams.toBytes();
    }
  }

  /** What the group states of STATED blocks anew, those before and after in block order. */
  static void writeStated(StreamWriter streams, int group, List<BlockCodes> blocks) {
    List<BlockCodes> stated =
        blocks.stream().filter(BlockCodes::isStated).collect(Collectors.toUnmodifiableList());
    Statement.write(
        streams,
        stated.stream().map(c -> c.halves(group - 1)).collect(Collectors.toUnmodifiableList()),
        stated.stream().map(c -> c.halves(group)).collect(Collectors.toUnmodifiableList()));
  }
}
