package dev.insitu.benchmarks.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.ChunkDecoder;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.elastic.codec.EntropyCoding;
import dev.insitu.elastic.codec.Steps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One float32 matrix of Gaussian weights, its chunks and the work that a device has with them.
 *
 * <p>Steps are a fixed part of sigma, so the codes take {@code log2(stepsPerSigma) + 2.05} bits.
 * Chunks of plane groups hold about 64 KiB, those of the lossless group one block.
 */
final class CodecWorkload {

  /** Refinements; with 64 steps a sigma the base has three planes. */
  static final int LEVELS = 6;

  private static final int ROW_LENGTH = 1024;
  private static final float SIGMA = 0.02f;
  private static final int CHUNK_BITS = 8 * 65_536;

  final int weights;
  final ByteBuffer reference;
  final List<Block> blocks = new ArrayList<>();
  final List<short[]> steps = new ArrayList<>();
  final List<BlockCodes> codes = new ArrayList<>();
  final List<List<CodedChunk>> groups = new ArrayList<>();

  /** A chunk and the blocks it adds to, as indices. */
  record CodedChunk(int first, int end, ByteBuffer bytes, Digest digest) {}

  CodecWorkload(int weights, double stepsPerSigma) {
    this.weights = weights;
    reference = direct(weights);
    Random random = new Random(1);
    for (int i = 0; i < weights; i++) {
      reference.putFloat(4 * i, (float) (SIGMA * random.nextGaussian()));
    }
    TensorSpec tensor =
        new TensorSpec("w", ElementType.FLOAT32, Coding.PLANES, weights, ROW_LENGTH, LEVELS);
    for (int i = 0; i < tensor.blockCount(); i++) {
      int first = i * tensor.blockLength();
      int length = Math.min(tensor.blockLength(), weights - first);
      Block block = new Block(i, 0, tensor, first, length);
      blocks.add(block);
      short[] rows = new short[block.rows()];
      Arrays.fill(rows, (short) Steps.nearest((float) (SIGMA / stepsPerSigma)));
      steps.add(rows);
    }
  }

  static ByteBuffer direct(int weights) {
    return ByteBuffer.allocateDirect(4 * weights).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Quantises every block anew. */
  void quantise() {
    codes.clear();
    for (Block block : blocks) {
      ByteBuffer values = reference.duplicate().position((int) block.byteOffset());
      codes.add(BlockCodes.encode(block, values, steps.get(block.index()), 0, null));
    }
  }

  /** Writes the chunks of every group anew. */
  void encode(EntropyCoding coding) {
    groups.clear();
    for (int group = 0; group <= LEVELS + 1; group++) {
      groups.add(encode(group, coding));
    }
  }

  private List<CodedChunk> encode(int group, EntropyCoding coding) {
    ChunkEncoder encoder = new ChunkEncoder(LEVELS, 3, coding);
    List<CodedChunk> chunks = new ArrayList<>();
    int first = 0;
    double bits = 0;
    for (int end = 1; end <= codes.size(); end++) {
      bits += codes.get(end - 1).estimatedBits(group, LEVELS);
      if (bits >= CHUNK_BITS || end == codes.size()) {
        byte[] chunk = encoder.encode(group, codes.subList(first, end));
        ByteBuffer bytes = ByteBuffer.allocateDirect(chunk.length).put(chunk).flip();
        chunks.add(new CodedChunk(first, end, bytes, Digest.sha256(chunk)));
        first = end;
        bits = 0;
      }
    }
    return chunks;
  }

  /** States of which nothing has arrived. */
  List<BlockState> fresh() {
    return blocks.stream().map(block -> new BlockState(block, LEVELS)).toList();
  }

  /** Verifies and adds all chunks of a group. */
  void add(int group, List<BlockState> states) {
    for (CodedChunk chunk : groups.get(group)) {
      verify(chunk);
      ChunkDecoder.decode(group, LEVELS, states.subList(chunk.first, chunk.end), chunk.bytes);
    }
  }

  /** Rebuilds all values. */
  void rebuild(List<BlockState> states, ByteBuffer target) {
    for (BlockState state : states) {
      state.rebuild(target, (int) state.block().byteOffset());
    }
  }

  /** Verifies the lossless chunks and writes the reference values. */
  void addLossless(List<BlockState> states, ByteBuffer target) {
    for (CodedChunk chunk : groups.get(LEVELS + 1)) {
      verify(chunk);
      ChunkDecoder.decodeLossless(
          LEVELS,
          states.subList(chunk.first, chunk.end),
          chunk.bytes,
          state -> target.duplicate().position((int) state.block().byteOffset()));
    }
  }

  private static void verify(CodedChunk chunk) {
    if (!Digest.sha256(chunk.bytes).equals(chunk.digest)) {
      throw new IllegalStateException("Digest");
    }
  }

  long bytes(int firstGroup, int lastGroup) {
    long bytes = 0;
    for (int group = firstGroup; group <= lastGroup; group++) {
      bytes += groups.get(group).stream().mapToLong(chunk -> chunk.bytes.remaining()).sum();
    }
    return bytes;
  }

  /** Fails unless all groups give the reference. */
  void gate() {
    List<BlockState> states = fresh();
    for (int group = 0; group <= LEVELS; group++) {
      add(group, states);
    }
    ByteBuffer target = direct(weights);
    addLossless(states, target);
    if (!target.equals(reference)) {
      throw new IllegalStateException("The values are not the reference");
    }
  }
}
