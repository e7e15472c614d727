package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins the consecutive blocks of one group into chunks. A chunk ends after the block with which it holds {@link #ENOUGH_BYTES}, so
 * boundaries follow from tensor contents and order alone and an unchanged tensor keeps its chunks across versions.
 */
final class GroupAssembler {

  /** Coded bytes after which a chunk ends: a little above 16 KiB, as they are estimated. */
  static final int ENOUGH_BYTES = 16_896;

  /** Coded bytes that a chunk does not exceed. */
  static final int MOST_BYTES = 1 << 20;

  private final int group;
  private final int levels;
  private final ChunkEncoder encoder;
  private final ChunkSpool spool;
  private final List<ChunkSpec> finished = new ArrayList<>();
  private final List<BlockCodes> open = new ArrayList<>();
  private double openBytes;
  private double openError;

  GroupAssembler(int group, int levels, ChunkEncoder encoder, ChunkSpool spool) {
    this.group = group;
    this.levels = levels;
    this.encoder = encoder;
    this.spool = spool;
  }

  /**
   * Adds the next block with content in this group.
   *
   * @param errorRemoved what the group takes from the block's weighted error
   */
  void add(BlockCodes codes, double errorRemoved) throws IOException {
    double bytes = codes.estimatedBits(group, levels) / 8;
    if (openBytes + bytes > MOST_BYTES) {
      finish();
    }
    open.add(codes);
    openBytes += bytes;
    openError += errorRemoved;
    if (openBytes >= ENOUGH_BYTES) {
      finish();
    }
  }

  /** Ends the open chunk, if there is one. */
  void finish() throws IOException {
    if (open.isEmpty()) {
      return;
    }
    byte[] chunk = encoder.encode(group, open);
    Digest digest = spool.add(chunk);
    int first = open.getFirst().block().index();
    int end = open.getLast().block().index() + 1;
    float error = (float) Math.min(Math.max(0, openError), Float.MAX_VALUE / 2);
    finished.add(new ChunkSpec(digest, chunk.length, group, first, end, error));
    open.clear();
    openBytes = 0;
    openError = 0;
  }

  /** The finished chunks in block order. */
  List<ChunkSpec> chunks() {
    return finished;
  }
}
