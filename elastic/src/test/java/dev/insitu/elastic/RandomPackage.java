package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.Manifest.ObjectRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A package with random tensors, chunk boundaries and canonical order. The manifest keeps every
 * rule; chunk bytes are noise, not coded weights. What it needs is worked out here once more, block
 * by block.
 */
public final class RandomPackage implements ChunkSource {

  /** Stands for a profile: the format does not look into it. */
  public static final byte[] PROFILE =
      "{\"samples\":0,\"points\":[]}".getBytes(StandardCharsets.US_ASCII);

  private final Random random;
  private final int levels;
  private final List<TensorSpec> tensors = new ArrayList<>();
  private final BlockTable blocks;
  private final Map<Digest, byte[]> bytes = new HashMap<>();
  private final Manifest manifest;

  /** A package of about {@code tensorCount} tensors. */
  public RandomPackage(long seed, int tensorCount) {
    this.random = new Random(seed);
    this.levels = random.nextInt(5);
    for (int i = 0; i < tensorCount; i++) {
      tensors.add(tensor(i));
    }
    this.blocks = new BlockTable(tensors);
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int group = 0; group <= levels + 1; group++) {
      addChunks(group, chunks);
    }
    this.manifest = manifest(ordered(chunks));
  }

  /** A package whose size the seed decides too. */
  public RandomPackage(long seed) {
    this(seed, 1 + new Random(~seed).nextInt(8));
  }

  /** The manifest. */
  public Manifest manifest() {
    return manifest;
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    byte[] found = bytes.get(digest);
    if (found == null) {
      throw new IOException("no chunk " + digest);
    }
    return ByteBuffer.wrap(found);
  }

  private TensorSpec tensor(int index) {
    String name = "t" + index + (random.nextBoolean() ? "/ä☃" : "");
    switch (random.nextInt(4)) {
      case 0 -> {
        ElementType[] types = ElementType.values();
        ElementType type = types[random.nextInt(types.length)];
        return new TensorSpec(name, type, Coding.RAW, length(1_600_000), 0, 0);
      }
      case 1 -> {
        return new TensorSpec(name, ElementType.FLOAT32, Coding.VECTOR, length(800_000), 0, 0);
      }
      case 2 -> {
        int mask = random.nextInt(1 << levels);
        return new TensorSpec(
            name, ElementType.FLOAT32, Coding.STATED, length(600_000), 0, 0, mask);
      }
      default -> {
        ElementType[] types = {
          ElementType.FLOAT32,
          ElementType.FLOAT16,
          ElementType.BFLOAT16,
          ElementType.INT8,
          ElementType.UINT8
        };
        int[] rows = {1, 7, 64, 300, 65_536};
        int row = rows[random.nextInt(rows.length)];
        ElementType type = types[random.nextInt(types.length)];
        int refinements = random.nextInt(levels + 1);
        return new TensorSpec(name, type, Coding.PLANES, length(1_500_000), row, refinements);
      }
    }
  }

  private long length(int most) {
    return random.nextInt(8) == 0 ? random.nextInt(2) : random.nextInt(most);
  }

  private void addChunks(int group, List<ChunkSpec> chunks) {
    int[] content = contentOf(group);
    int from = 0;
    while (from < content.length) {
      int count = Math.min(1 + random.nextInt(4), content.length - from);
      int first = content[from];
      int end = content[from + count - 1] + 1;
      chunks.add(chunk(group, first, end));
      from += count;
    }
  }

  private int[] contentOf(int group) {
    BitSet found = new BitSet();
    for (int block = 0; block < blocks.blockCount(); block++) {
      found.set(block, hasContent(block, group));
    }
    return found.stream().toArray();
  }

  /** Whether a block has content in a group, by the table of the format, section 2. */
  public boolean hasContent(int block, int group) {
    TensorSpec tensor = blocks.block(block).tensor();
    boolean planes = tensor.coding() == Coding.PLANES;
    boolean stated = tensor.coding() == Coding.STATED;
    if (group == 0) {
      return true;
    }
    if (group == levels + 1) {
      return stated || tensor.coding() == Coding.VECTOR || (planes && tensor.type().floating());
    }
    if (stated) {
      return (tensor.stated() & 1 << (group - 1)) != 0;
    }
    return planes && levels - group < tensor.refinements();
  }

  private ChunkSpec chunk(int group, int first, int end) {
    byte[] content = new byte[1 + random.nextInt(60)];
    if (random.nextInt(4) > 0) {
      random.nextBytes(content); // else all zeros: equal chunks in several places
    }
    Digest digest = Digest.sha256(content);
    bytes.put(digest, content);
    return new ChunkSpec(digest, content.length, group, first, end, random.nextFloat());
  }

  private List<ChunkSpec> ordered(List<ChunkSpec> chunks) {
    List<ChunkSpec> waiting = new ArrayList<>(chunks);
    List<ChunkSpec> order = new ArrayList<>();
    while (!waiting.isEmpty()) {
      int pick = random.nextInt(waiting.size());
      while (!order.containsAll(neededBy(waiting.get(pick), chunks))) {
        pick = (pick + 1) % waiting.size();
      }
      order.add(waiting.remove(pick));
    }
    return order;
  }

  private Set<ChunkSpec> neededBy(ChunkSpec chunk, List<ChunkSpec> chunks) {
    Set<ChunkSpec> needs = new HashSet<>();
    for (int block = chunk.firstBlock(); block < chunk.endBlock(); block++) {
      if (!hasContent(block, chunk.group())) {
        continue;
      }
      int lower = chunk.group() - 1;
      while (lower >= 0 && !hasContent(block, lower)) {
        lower--;
      }
      for (ChunkSpec other : chunks) {
        if (other.group() == lower && other.covers(block)) {
          needs.add(other);
        }
      }
    }
    return needs;
  }

  /** What a chunk needs directly, worked out block by block. */
  public Set<Integer> naiveNeeds(int chunk) {
    List<ChunkSpec> all = manifest.chunks();
    Set<Integer> needs = new TreeSet<>();
    neededBy(all.get(chunk), all).forEach(need -> needs.add(all.indexOf(need)));
    return needs;
  }

  private Manifest manifest(List<ChunkSpec> chunks) {
    boolean hasProfile = random.nextBoolean();
    Header header =
        new Header(
            "random-" + random.nextInt(100),
            "v" + random.nextInt(100),
            digest(),
            random.nextBoolean() ? Optional.of(digest()) : Optional.empty(),
            digest(),
            levels,
            random.nextBoolean());
    List<SegmentSpec> segments = segments(1 + random.nextInt(4));
    String last = segments.get(segments.size() - 1).outputs().get(0);
    return new Manifest(
        header,
        List.of(new ValueSpec("x", 1, List.of(-1L, 3L, 224L, 224L), true)),
        List.of(new ValueSpec(last, 1, List.of(), random.nextBoolean())),
        tensors,
        segments,
        segments.size() == 1 ? ByteBuffer.allocate(0) : ByteBuffer.wrap(noise(300)),
        chunks,
        hasProfile
            ? Optional.of(new ObjectRef(Digest.sha256(PROFILE), PROFILE.length))
            : Optional.empty(),
        List.of());
  }

  private List<SegmentSpec> segments(int count) {
    List<SegmentSpec> segments = new ArrayList<>();
    List<String> known = new ArrayList<>(List.of("x"));
    for (int i = 0; i < count; i++) {
      BitSet used = new BitSet();
      for (int t = 0; t < tensors.size(); t++) {
        used.set(t, t % count == i || random.nextInt(5) == 0);
      }
      List<String> outputs = new ArrayList<>(List.of("h" + i));
      if (random.nextBoolean()) {
        outputs.add("skip" + i);
      }
      segments.add(
          SegmentSpec.of(
              List.of(known.get(random.nextInt(known.size()))),
              outputs,
              used.stream().toArray(),
              random.nextInt(1 << 30),
              random.nextInt(1 << 20),
              noise(200)));
      known.addAll(outputs);
    }
    return segments;
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    for (int i = 0; i < length; i++) {
      noise[i] = (byte) random.nextInt(20);
    }
    return noise;
  }

  private Digest digest() {
    byte[] digest = new byte[Digest.BYTES];
    random.nextBytes(digest);
    return Digest.of(digest);
  }
}
