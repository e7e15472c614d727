package dev.insitu.elastic;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A set of chunks of one package that holds everything its members need. Immutable.
 *
 * <p>Sub-models of one package form a lattice under inclusion: union and intersection are
 * sub-models again, and an upgrade is {@link #missingFrom}.
 */
public final class SubModel {

  private final Manifest manifest;
  private final BitSet chunks;

  private SubModel(Manifest manifest, BitSet chunks) {
    this.manifest = manifest;
    this.chunks = chunks;
  }

  /** The sub-model without chunks. */
  public static SubModel empty(Manifest manifest) {
    return new SubModel(manifest, new BitSet());
  }

  /** All chunks that the manifest's width uses: of the whole width all there are, the reference. */
  public static SubModel whole(Manifest manifest) {
    return new SubModel(manifest, manifest.usedChunks());
  }

  /** Those of the first {@code count} chunks in canonical order that the manifest's width uses. */
  public static SubModel prefix(Manifest manifest, int count) {
    if (count < 0 || count > manifest.chunks().size()) {
      throw ElasticException.invalid(
          "A prefix of "
              + count
              + " chunks was asked for; the package has "
              + manifest.chunks().size()
              + ".");
    }
    BitSet bits = manifest.usedChunks();
    bits.clear(count, manifest.chunks().size());
    return new SubModel(manifest, bits);
  }

  /** The longest prefix in canonical order of at most so many bytes. */
  public static SubModel prefixOfBytes(Manifest manifest, long maxBytes) {
    BitSet bits = manifest.usedChunks();
    long sum = 0;
    for (int chunk = bits.nextSetBit(0); chunk >= 0; chunk = bits.nextSetBit(chunk + 1)) {
      sum += manifest.chunks().get(chunk).size();
      if (sum > maxBytes) {
        bits.clear(chunk, manifest.chunks().size());
      }
    }
    return new SubModel(manifest, bits);
  }

  /** The chunks of all tensors that the manifest's width uses, in segments or heads. */
  static BitSet used(Manifest manifest) {
    return ofTensors(manifest, tensorsOf(manifest), manifest.losslessGroup()).chunks;
  }

  /** The tensors that the manifest's width uses, in segments or heads. */
  static BitSet tensorsOf(Manifest manifest) {
    BitSet tensors = tensorsOf(manifest, manifest.segments().size());
    manifest.exits().forEach(exit -> exit.head().tensors().forEach(tensors::set));
    return tensors;
  }

  /**
   * The chunks of the groups 0..{@code group} of a model of the first {@code segments} segments: of
   * what they use and, if there is an exit at that depth, of what its head uses. At the full depth
   * no head is part of it.
   */
  public static SubModel of(Manifest manifest, int segments, int group) {
    BitSet tensors = tensorsOf(manifest, segments);
    manifest.exitAt(segments).ifPresent(exit -> exit.head().tensors().forEach(tensors::set));
    return ofTensors(manifest, tensors, group);
  }

  /** As {@link #of}, but of the segments alone, without the head. */
  public static SubModel ofSegments(Manifest manifest, int segments, int group) {
    return ofTensors(manifest, tensorsOf(manifest, segments), group);
  }

  private static BitSet tensorsOf(Manifest manifest, int segments) {
    if (segments < 1 || segments > manifest.segments().size()) {
      throw ElasticException.invalid(
          "A depth of "
              + segments
              + " segments was asked for; the package has "
              + manifest.segments().size()
              + ".");
    }
    BitSet tensors = new BitSet();
    for (SegmentSpec segment : manifest.segments().subList(0, segments)) {
      segment.tensors().forEach(tensors::set);
    }
    return tensors;
  }

  private static SubModel ofTensors(Manifest manifest, BitSet tensors, int group) {
    if (group < 0 || group > manifest.losslessGroup()) {
      throw ElasticException.invalid(
          "Group "
              + group
              + " was asked for; the package has 0 to "
              + manifest.losslessGroup()
              + ".");
    }
    BitSet bits = new BitSet();
    for (int g = 0; g <= group; g++) {
      int of = g;
      tensors.stream()
          .flatMap(tensor -> manifest.lattice().chunksOf(tensor, of))
          .forEach(bits::set);
    }
    return new SubModel(manifest, bits).closed();
  }

  /** The least sub-model that holds these chunks. */
  public static SubModel closureOf(Manifest manifest, IntStream chunks) {
    BitSet bits = new BitSet();
    chunks.forEach(chunk -> {
      if (chunk < 0 || chunk >= manifest.chunks().size()) {
        throw ElasticException.invalid(
            "Chunk " + chunk + " was asked for; the package has " + manifest.chunks().size() + ".");
      }
      bits.set(chunk);
    });
    return new SubModel(manifest, bits).closed();
  }

  /** The greatest sub-model within these chunks: what can be used of them. */
  public static SubModel usableOf(Manifest manifest, BitSet held) {
    BitSet bits = new BitSet();
    for (int chunk = held.nextSetBit(0);
        chunk >= 0 && chunk < manifest.chunks().size();
        chunk = held.nextSetBit(chunk + 1)) {
      if (IntStream.of(manifest.lattice().needsView(chunk)).allMatch(bits::get)) {
        bits.set(chunk); // needs stand before, so they have been decided
      }
    }
    return new SubModel(manifest, bits);
  }

  /** Adds what the chunks need; only for a set that nobody has seen yet. */
  private SubModel closed() {
    for (int chunk = chunks.length() - 1; chunk >= 0; chunk = chunks.previousSetBit(chunk - 1)) {
      for (int need : manifest.lattice().needsView(chunk)) {
        chunks.set(need);
      }
    }
    return this;
  }

  /** The package at the width that this sub-model is looked at. */
  public Manifest manifest() {
    return manifest;
  }

  /**
   * The same chunks, looked at from another width.
   *
   * @throws IllegalArgumentException unless both are of one package
   */
  public SubModel at(Manifest width) {
    requireSame(width);
    return width == manifest ? this : new SubModel(width, chunks);
  }

  public boolean contains(int chunk) {
    return chunks.get(chunk);
  }

  /** Number of chunks. */
  public int size() {
    return chunks.cardinality();
  }

  /** Indices of the chunks in canonical order. */
  public IntStream indices() {
    return chunks.stream();
  }

  /** The chunks in canonical order. */
  public List<ChunkSpec> chunkList() {
    return indices().mapToObj(manifest.chunks()::get).collect(Collectors.toUnmodifiableList());
  }

  /** Bytes of all its chunks. */
  public long bytes() {
    return indices().mapToLong(i -> manifest.chunks().get(i).size()).sum();
  }

  /** Number of weights it holds at least the base of: elements of tensors that are not RAW. */
  public long weights() {
    BlockTable blocks = manifest.blocks();
    long sum = 0;
    for (ChunkSpec chunk : chunkList()) {
      int end;
      for (int block = chunk.firstBlock();
          chunk.group() == 0 && block < chunk.endBlock();
          block = end) {
        int tensor = blocks.tensorOf(block);
        TensorSpec spec = manifest.tensors().get(tensor);
        end = Math.min(chunk.endBlock(), blocks.firstBlock(tensor + 1));
        if (spec.coding() != Coding.RAW) {
          sum += blocks.byteLength(tensor, block, end) / spec.type().bytes();
        }
      }
    }
    return sum;
  }

  /**
   * Chunks of either.
   *
   * @throws IllegalArgumentException unless both are of one {@link Manifest}, at whatever width
   */
  public SubModel union(SubModel other) {
    BitSet bits = copyFor(other);
    bits.or(other.chunks);
    return new SubModel(manifest, bits);
  }

  /**
   * Chunks of both.
   *
   * @throws IllegalArgumentException unless both are of one {@link Manifest}, at whatever width
   */
  public SubModel intersection(SubModel other) {
    BitSet bits = copyFor(other);
    bits.and(other.chunks);
    return new SubModel(manifest, bits);
  }

  /**
   * Indices of this sub-model's chunks that {@code held} lacks, in canonical order: exactly what an
   * upgrade costs.
   */
  public IntStream missingFrom(SubModel held) {
    BitSet bits = copyFor(held);
    bits.andNot(held.chunks);
    return bits.stream();
  }

  /** Whether every chunk of {@code other} is in this one: the partial order. */
  public boolean includes(SubModel other) {
    BitSet rest = other.copyFor(this);
    rest.andNot(chunks);
    return rest.isEmpty();
  }

  /**
   * The groups that all blocks of a tensor have arrived in: -1 none, else the highest group g such
   * that every block holds all its content of the groups 0..g.
   */
  public int groupOf(int tensor) {
    for (int group = 0; group <= manifest.losslessGroup(); group++) {
      if (!manifest.lattice().chunksOf(tensor, group).allMatch(chunks::get)) {
        return group - 1;
      }
    }
    return manifest.losslessGroup();
  }

  /**
   * The highest group g such that the block holds all its content of the groups 0..g; -1 if it has
   * not even the base.
   */
  public int groupOfBlock(int block) {
    for (int group = 0; group <= manifest.losslessGroup(); group++) {
      int chunk = manifest.lattice().chunkOf(block, group);
      if (chunk >= 0 && !chunks.get(chunk)) {
        return group - 1;
      }
    }
    return manifest.losslessGroup();
  }

  /** Whether a segment can run: every tensor it uses has its base group. */
  public boolean canRun(int segment) {
    return hasBase(manifest.segments().get(segment));
  }

  private boolean hasBase(SegmentSpec segment) {
    return segment.tensors().stream().allMatch(tensor -> groupOf(tensor) >= 0);
  }

  /** How many segments from the first can run one after the other, heads aside. */
  public int runnableSegments() {
    int count = 0;
    while (count < manifest.segments().size() && canRun(count)) {
      count++;
    }
    return count;
  }

  /** The deepest exit of which the head and all segments before it can run. */
  public Optional<ExitSpec> runnableExit() {
    int depth = runnableSegments();
    return manifest.exits().stream()
        .filter(exit -> exit.depth() <= depth && hasBase(exit.head()))
        .reduce((shallow, deep) -> deep);
  }

  /**
   * How many segments the deepest model has that can give the root's outputs: all of them if they
   * can run, else those before {@link #runnableExit}; 0 if nothing answers yet.
   */
  public int answeringDepth() {
    int all = manifest.segments().size();
    return runnableSegments() == all ? all : runnableExit().map(ExitSpec::depth).orElse(0);
  }

  private BitSet copyFor(SubModel other) {
    requireSame(other.manifest);
    return (BitSet) chunks.clone();
  }

  private void requireSame(Manifest other) {
    if (other.whole() != manifest.whole()) {
      throw new IllegalArgumentException("Sub-models of different packages cannot be combined");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SubModel model
        && manifest.whole() == model.manifest.whole()
        && chunks.equals(model.chunks);
  }

  @Override
  public int hashCode() {
    return chunks.hashCode();
  }

  @Override
  public String toString() {
    return size() + " of " + manifest.chunks().size() + " chunks, " + bytes() + " bytes";
  }
}
