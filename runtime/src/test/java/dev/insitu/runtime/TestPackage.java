package dev.insitu.runtime;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.WidthTable;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.elastic.codec.Steps;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A test model packed with seeded weights: all chunks in memory, and the original to compare with.
 */
final class TestPackage implements ChunkSource {

  static final int LEVELS = 8;
  private static final int MOST_ELEMENTS = 400_000;
  static final String WEIGHTS = "weights.bin";

  private final String name;
  private final List<TensorSpec> tensors = new ArrayList<>();
  private final List<ByteBuffer> values = new ArrayList<>();
  private final List<ValueSpec> inputs = new ArrayList<>();
  private final List<ValueSpec> outputs = new ArrayList<>();
  private final List<SegmentSpec> segments = new ArrayList<>();
  private final List<ExitSpec> exits = new ArrayList<>();
  private final Map<Digest, byte[]> chunks = new ConcurrentHashMap<>();
  private final Random random;
  private final Manifest manifest;

  /** A head that multiplies a value, of {@code rows} columns, with a matrix. */
  record Head(int after, String input, int inputType, int rows) {}

  private TestPackage(String name, long seed, boolean shuffled, Head... heads) throws IOException {
    this.name = name;
    this.random = new Random(seed);
    for (String line :
        new String(resource("package.txt"), StandardCharsets.UTF_8).lines().toList()) {
      parse(line.split(" "));
    }
    for (Head head : heads) {
      tensors.add(
          new TensorSpec(
              "head" + head.after(),
              ElementType.FLOAT32,
              Coding.PLANES,
              (long) head.rows() * columns(),
              columns(),
              LEVELS));
      values.add(values(tensors.get(tensors.size() - 1), ""));
    }
    addExits(List.of(heads));
    this.manifest = pack(shuffled);
  }

  private int columns() {
    return outputs.get(0).dims().get(1).intValue();
  }

  private void addExits(List<Head> heads) {
    BlockTable table = new BlockTable(tensors);
    for (int i = 0; i < heads.size(); i++) {
      Head head = heads.get(i);
      int tensor = tensors.size() - heads.size() + i;
      String output = "exit" + head.after();
      byte[] graph =
          HeadOnnx.graph(
              head.input(),
              head.inputType(),
              "head" + head.after(),
              output,
              head.rows(),
              columns(),
              table.offset(tensor));
      exits.add(
          new ExitSpec(
              head.after(),
              SegmentSpec.of(
                  List.of(head.input()), List.of(output), new int[] {tensor}, 0, 0, graph)));
    }
  }

  /** The model of three segments, with an exit after the first and one after the second. */
  static TestPackage withExits(long seed) throws IOException {
    return new TestPackage(
        "wide", seed, false, new Head(0, "h0", 1, 512), new Head(1, "h1", 1, 520));
  }

  /** A package whose canonical order goes group by group. */
  static TestPackage of(String name, long seed) throws IOException {
    return new TestPackage(name, seed, false);
  }

  /** A package whose canonical order is a random one that respects needs. */
  static TestPackage shuffled(String name, long seed) throws IOException {
    return new TestPackage(name, seed, true);
  }

  Manifest manifest() {
    return manifest;
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    byte[] bytes = chunks.get(digest);
    if (bytes == null) {
      throw new IOException("chunk " + digest.brief() + " is not there");
    }
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** Makes a chunk's bytes something else, as a broken packer would; null takes them away. */
  byte[] replace(int chunk, byte[] bytes) {
    Digest digest = manifest.chunks().get(chunk).digest();
    return bytes == null ? chunks.remove(digest) : chunks.put(digest, bytes);
  }

  private byte[] resource(String file) throws IOException {
    try (InputStream in = TestPackage.class.getResourceAsStream("/models/" + name + "/" + file)) {
      return in.readAllBytes();
    }
  }

  private void parse(String[] words) throws IOException {
    switch (words[0]) {
      case "input" -> inputs.add(value(words));
      case "output" -> outputs.add(value(words));
      case "tensor" -> {
        tensors.add(
            new TensorSpec(
                words[1],
                ElementType.valueOf(words[2]),
                Coding.valueOf(words[3]),
                Long.parseLong(words[4]),
                Integer.parseInt(words[5]),
                Integer.parseInt(words[6])));
        values.add(values(tensors.get(tensors.size() - 1), words.length > 7 ? words[7] : ""));
      }
      case "segment" -> {
        int[] used = words[3].equals("-") ? new int[0] : numbers(words[3]);
        byte[] graph = resource("segment-" + segments.size() + ".onnx");
        List<String> ins = List.of(words[1].split(","));
        List<String> outs = List.of(words[2].split(","));
        segments.add(SegmentSpec.of(ins, outs, used, 0, 0, graph));
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static ValueSpec value(String[] words) {
    List<Long> dims = Arrays.stream(words[3].split(",")).map(Long::valueOf).toList();
    return new ValueSpec(words[1], Integer.parseInt(words[2]), dims, true);
  }

  private static int[] numbers(String list) {
    return Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  private ByteBuffer values(TensorSpec tensor, String fixed) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) tensor.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    if (!fixed.isEmpty()) {
      for (int number : numbers(fixed)) {
        if (tensor.type() == ElementType.INT64) {
          bytes.putLong(number);
        } else {
          bytes.put((byte) number);
        }
      }
      return bytes.flip();
    }
    double scale =
        tensor.coding() == Coding.PLANES ? 1.5 / Math.sqrt((double) tensor.length()) * 8 : 0.2;
    while (bytes.hasRemaining()) {
      float value = (float) (scale * random.nextGaussian());
      switch (tensor.type()) {
        case FLOAT32 ->
            bytes.putFloat(tensor.name().startsWith("variance") ? 1 + value * value : value);
        case FLOAT16 -> bytes.putShort(Float.floatToFloat16(value));
        case INT8 ->
            bytes.put((byte) Math.max(-127, Math.min(127, Math.round(40 * random.nextGaussian()))));
        default -> throw new IllegalStateException(tensor.name());
      }
    }
    return bytes.flip();
  }

  private Manifest pack(boolean shuffled) throws IOException {
    BlockTable table = new BlockTable(tensors);
    List<BlockCodes> codes =
        IntStream.range(0, table.blockCount()).mapToObj(i -> code(table.block(i))).toList();
    List<ChunkSpec> specs = new ArrayList<>();
    ChunkEncoder encoder = new ChunkEncoder(LEVELS, 3);
    for (int group = 0; group <= LEVELS + 1; group++) {
      addChunks(group, codes, encoder, specs);
    }
    if (shuffled) {
      specs = shuffle(specs);
    }
    Manifest.Header header =
        new Manifest.Header(
            name, "1", Digest.sha256(new byte[1]), Optional.empty(), reference(), LEVELS, false);
    return new Manifest(
        header,
        inputs,
        outputs,
        tensors,
        segments,
        exits,
        ByteBuffer.wrap(resource("whole.onnx")),
        WidthTable.NONE,
        specs,
        Optional.empty(),
        List.of());
  }

  private BlockCodes code(Block block) {
    ByteBuffer reference = slice(block);
    if (!block.tensor().floatPlanes()) {
      return BlockCodes.encode(block, reference, null, 0, null);
    }
    short[] steps = new short[block.rows()];
    for (int row = 0; row < steps.length; row++) {
      float most = 0;
      int end = Math.min(block.length(), (row + 1) * block.tensor().rowLength());
      for (int i = row * block.tensor().rowLength(); i < end; i++) {
        most = Math.max(most, Math.abs(element(block, reference, i)));
      }
      int bits = block.tensor().refinements() + 3;
      steps[row] = (short) Steps.fit(Steps.nearest(most / (1 << bits)), most);
    }
    return BlockCodes.encode(block, reference, steps, 0, null);
  }

  private static float element(Block block, ByteBuffer reference, int i) {
    return block.tensor().type() == ElementType.FLOAT32
        ? reference.getFloat(reference.position() + 4 * i)
        : Float.float16ToFloat(reference.getShort(reference.position() + 2 * i));
  }

  private ByteBuffer slice(Block block) {
    return values
        .get(block.tensorIndex())
        .slice((int) block.byteOffset(), block.byteLength())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Runs of one to four blocks become chunks. */
  private void addChunks(
      int group, List<BlockCodes> codes, ChunkEncoder encoder, List<ChunkSpec> specs) {
    int first = 0;
    while (first < codes.size()) {
      int end = Math.min(codes.size(), first + 1 + random.nextInt(4));
      while (end > first + 1 && elements(codes.subList(first, end)) > MOST_ELEMENTS) {
        end--;
      }
      List<BlockCodes> members =
          codes.subList(first, end).stream()
              .filter(c -> c.block().tensor().hasContent(group, LEVELS))
              .toList();
      if (!members.isEmpty()) {
        byte[] bytes = encoder.encode(group, members);
        Digest digest = Digest.sha256(bytes);
        if (chunks.put(digest, bytes) != null) {
          throw new IllegalStateException("two chunks are equal: choose another seed");
        }
        float error = group > LEVELS ? 0.001f : (float) Math.pow(4, -group) * members.size();
        specs.add(new ChunkSpec(digest, bytes.length, group, first, end, error));
      }
      first = end;
    }
  }

  private static long elements(List<BlockCodes> codes) {
    return codes.stream().mapToLong(code -> code.block().length()).sum();
  }

  /**
   * A random order in which every chunk stands after those with the same blocks in lower groups.
   */
  private List<ChunkSpec> shuffle(List<ChunkSpec> ordered) {
    List<ChunkSpec> left = new ArrayList<>(ordered);
    List<ChunkSpec> result = new ArrayList<>();
    while (!left.isEmpty()) {
      ChunkSpec pick = left.get(random.nextInt(left.size()));
      boolean free =
          left.stream()
              .noneMatch(o ->
                  o.group() < pick.group()
                      && o.firstBlock() < pick.endBlock()
                      && pick.firstBlock() < o.endBlock());
      if (free) {
        left.remove(pick);
        result.add(pick);
      }
    }
    return result;
  }

  private Digest reference() {
    var sha = Digest.newSha256();
    values.forEach(value -> sha.update(value.duplicate()));
    return Digest.of(sha.digest());
  }

  /** Inputs of a batch. */
  Map<String, Tensor> inputs(int batch, long seed) {
    Random pixels = new Random(seed);
    Map<String, Tensor> made = new LinkedHashMap<>();
    for (ValueSpec input : inputs) {
      long[] shape = input.dims().stream().mapToLong(dim -> dim < 0 ? batch : dim).toArray();
      int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      if (input.onnxType() == ElementType.FLOAT32.onnx()) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
          numbers[i] = (float) pixels.nextGaussian();
        }
        made.put(input.name(), Tensor.of(numbers, shape));
      } else {
        made.put(input.name(), Tensor.of(pixels.longs(count, 0, batch).toArray(), shape));
      }
    }
    return made;
  }

  /** What the engine makes of the original model in one piece. */
  Map<String, Tensor> original(Path directory, Optimisation level, Map<String, Tensor> given)
      throws Exception {
    Path file = directory.resolve(WEIGHTS);
    if (!Files.exists(file)) {
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        for (int i = 0; i < tensors.size(); i++) {
          out.seek(manifest.blocks().offset(i));
          out.write(values.get(i).array());
        }
      }
    }
    return whole(directory, level, given);
  }

  /** What the engine makes of the first segments of the original and the head after them. */
  Tensor exit(Path directory, int exit, Map<String, Tensor> given) throws Exception {
    original(directory, Optimisation.BASIC, given);
    Map<String, Tensor> values = new LinkedHashMap<>(given);
    List<SegmentSpec> steps = new ArrayList<>(segments.subList(0, exits.get(exit).depth()));
    steps.add(exits.get(exit).head());
    for (SegmentSpec step : steps) {
      byte[] graph = new byte[step.graph().remaining()];
      step.graph().get(graph);
      Path file = Files.write(directory.resolve("step.onnx"), graph);
      Map<String, Tensor> fed = new LinkedHashMap<>(values);
      fed.keySet().retainAll(step.inputs());
      try (GraphRun run = GraphRun.open(file, Optimisation.BASIC)) {
        values.putAll(run.run(fed));
      }
    }
    return values.get(exits.get(exit).head().outputs().get(0));
  }

  /** What the engine makes of the whole graph over the weight file in a directory. */
  Map<String, Tensor> whole(Path directory, Optimisation level, Map<String, Tensor> given)
      throws Exception {
    Path graph = directory.resolve("whole.onnx");
    Files.write(graph, resource("whole.onnx"));
    try (GraphRun run = GraphRun.open(graph, level)) {
      return run.run(given);
    }
  }
}
