package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.codec.ChunkEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins the consecutive blocks of one group into chunks of 16 KiB to 1 MiB; only the last may be
 * smaller, and one that covers as many values as the format allows.
 *
 * <p>A chunk ends after the block with which it is expected to hold {@link #ENOUGH_BYTES}. What is
 * expected follows from shapes; only where content turns out much smaller does the content decide.
 * So an unchanged tensor keeps its chunks across versions, and segments have no say.
 */
final class GroupAssembler {

  /** Bytes that a chunk has at least. */
  static final int FEWEST_BYTES = 16 << 10;

  /** Bytes that a chunk of more than one block has at most. */
  static final int MOST_BYTES = 1 << 20;

  /** Expected bytes after which a chunk ends: a little above the fewest, as they vary. */
  private static final int ENOUGH_BYTES = 16_896;

  private final int group;
  private final int levels;
  private final ChunkEncoder encoder;
  private final ChunkSpool spool;
  private final List<ChunkSpec> finished = new ArrayList<>();
  private final List<Part> open = new ArrayList<>();
  private double expectedBytes;
  private double enoughBytes = ENOUGH_BYTES;
  private long valueBytes;
  private boolean ended; // but for what belongs to its last block
  private byte @Nullable [] complete; // the open chunk, if it is known

  /**
   * A block of the open chunk.
   *
   * @param errorRemoved what the group takes from the block's weighted error
   */
  private record Part(CodedBlock coded, double errorRemoved) {}

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
  void add(CodedBlock coded, double errorRemoved) throws IOException {
    Block block = coded.block();
    boolean tooMuch = valueBytes + block.byteLength() > ChunkSpec.MAX_VALUE_BYTES;
    if (tooMuch || ended && !belongsToLast(block)) {
      finish();
    }
    open.add(new Part(coded, errorRemoved));
    valueBytes += block.byteLength();
    complete = null;
    expectedBytes += ExpectedSize.bytes(block, group, levels);
    if (!ended && expectedBytes >= enoughBytes) {
      byte[] chunk = encode(open);
      if (chunk.length < FEWEST_BYTES) {
        // what is expected of the next try: as much above the fewest as now below, never the same
        enoughBytes = expectedBytes * Math.max(1.1, (double) ENOUGH_BYTES / chunk.length);
      } else {
        ended = true;
        complete = chunk;
      }
    }
  }

  /** What a group states comes with the planes before it that it was measured for. */
  private boolean belongsToLast(Block block) {
    return block.tensor().coding() == Coding.STATED && group > 0 && group <= levels;
  }

  /** Ends the open chunk, if there is one. */
  void finish() throws IOException {
    if (!open.isEmpty()) {
      close(complete != null ? complete : encode(open));
    }
  }

  private byte[] encode(List<Part> parts) {
    return encoder.encode(group, parts.stream().map(part -> part.coded().codes()).toList());
  }

  private void close(byte[] chunk) throws IOException {
    if (chunk.length > MOST_BYTES && open.size() > 1) {
      List<Part> before = open.subList(0, open.size() - 1);
      emit(before, encode(before));
      List<Part> last = open.subList(open.size() - 1, open.size());
      emit(last, encode(last));
    } else {
      emit(open, chunk);
    }
    open.clear();
    ended = false;
    complete = null;
    expectedBytes = 0;
    enoughBytes = ENOUGH_BYTES;
    valueBytes = 0;
  }

  private void emit(List<Part> parts, byte[] chunk) throws IOException {
    Digest digest = spool.add(chunk);
    int first = parts.getFirst().coded().block().index();
    int end = parts.getLast().coded().block().index() + 1;
    double error = Math.max(0, parts.stream().mapToDouble(Part::errorRemoved).sum());
    float kept = (float) Math.min(error, Float.MAX_VALUE / 2);
    finished.add(new ChunkSpec(digest, chunk.length, group, first, end, kept));
    parts.forEach(part -> part.coded().written());
  }

  /** The finished chunks in block order. */
  List<ChunkSpec> chunks() {
    return finished;
  }
}
