package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.ChunkEncoder;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.elastic.codec.Steps;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Writes the golden packages. Those of a released version are never written again: a later format
 * adds a directory.
 */
final class GoldenPackages {

  static final String MIXTURE = "mixture.insitu";
  static final String NEXT = "next.insitu";
  static final String CUT = "cut.insitu";
  static final String SMALLEST = "smallest.insitu";
  static final String PATCH = "next.insp";
  static final String EXITS = "exits.insitu";
  static final String CUT_EXITS = "cut-exits.insitu";
  static final String WIDTHS = "widths.insitu";
  static final String ROOT = "root.insitu";

  private final int levels;
  private final List<TensorSpec> tensors = new ArrayList<>();
  private final List<byte[]> values = new ArrayList<>();
  private final Map<Digest, byte[]> objects = new HashMap<>();
  private final Random random;

  private GoldenPackages(int levels, long seed) {
    this.levels = levels;
    this.random = new Random(seed);
  }

  /**
   * Writes those of a format and what they hold.
   *
   * @param args the format, v1, v1.1 or v1.2, and the directory
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[1]));
    switch (args[0]) {
      case "v1" -> writeFirst(directory);
      case "v1.1" -> writeExits(directory);
      default -> {
        writeWidths(directory);
        writeRoot(directory);
      }
    }
  }

  /** Format 1.2: a family that keeps its root. */
  private static void writeRoot(Path directory) throws IOException {
    GoldenPackages family = mixture();
    GoldenPackages root = mixture();
    root.change();
    Manifest bare = family.manifest("2", List.of());
    byte[] whole = "graph of the whole root".getBytes(StandardCharsets.US_ASCII);
    byte[] graph = KeptRoot.encodeGraph(whole, bare);
    List<DifferenceChunk> chunks = root.difference(family, SmallPackage.digest(1)).chunks();
    family.objects.putAll(root.objects);
    family.write(
        directory.resolve(ROOT),
        new Manifest(
            bare.header(),
            bare.inputs(),
            bare.outputs(),
            bare.tensors(),
            bare.segments(),
            List.of(),
            bare.fusedGraph(),
            WidthTable.NONE,
            bare.chunks(),
            bare.profile(),
            List.of(),
            Optional.of(
                new KeptRoot(
                    root.reference(), new ObjectRef(family.put(graph), graph.length), chunks))),
        1);
    Path json = directory.resolve(ROOT.replace(".insitu", ".json"));
    Files.writeString(json, GoldenContents.describe(directory.resolve(ROOT)));
  }

  /** Format 1.2: two narrower forms with an exit each, of which the narrowest lacks a tensor. */
  private static void writeWidths(Path directory) throws IOException {
    GoldenPackages made = mixture();
    made.add("joined", ElementType.FLOAT32, Coding.PLANES, 81, 27, 4);
    made.add("joined/1c", ElementType.FLOAT32, Coding.VECTOR, 54, 0, 0);
    made.add("joined/1r", ElementType.FLOAT32, Coding.PLANES, 45, 45, 4);
    made.add("joined/2r", ElementType.FLOAT32, Coding.PLANES, 90, 45, 4);
    Manifest bare = made.manifest("1", List.of());
    ChannelAxis rows = new ChannelAxis(new int[] {2, 0, 5, 1, 4, 3}, new int[] {0, 0, 1, 0, 2, 2});
    ChannelAxis columns = new ChannelAxis(new int[] {1, 0, 2, 4, 3}, new int[] {0, 1, 0, 0, 1});
    WidthTable widths =
        new WidthTable(
            List.of(rows, columns),
            List.of(new JoinedTensor(0, 0, 1, 9, List.of(10, 11, 12, 13))),
            List.of(
                new WidthForm(250, segments(2, 11), exits(250), graph("narrow")),
                new WidthForm(500, segments(3, 13), exits(500), graph("half"))));
    made.write(
        directory.resolve(WIDTHS),
        new Manifest(
            bare.header(),
            bare.inputs(),
            bare.outputs(),
            bare.tensors(),
            segments(3, 14),
            exits(1000),
            bare.fusedGraph(),
            widths,
            bare.chunks(),
            bare.profile(),
            List.of()),
        1);
    Path json = directory.resolve(WIDTHS.replace(".insitu", ".json"));
    Files.writeString(json, GoldenContents.describe(directory.resolve(WIDTHS)));
  }

  private static List<SegmentSpec> segments(int endOfFirst, int endOfLast) {
    return List.of(
        segment(List.of("image"), "features", 0, endOfFirst),
        segment(List.of("features", "länge"), "context", 3, 8),
        segment(List.of("features", "context"), "logits", 5, endOfLast));
  }

  private static List<ExitSpec> exits(int permille) {
    return List.of(new ExitSpec(0, head(List.of("features"), "exit0/" + permille, 1)));
  }

  private static ByteBuffer graph(String what) {
    return ByteBuffer.wrap(("graph of the " + what).getBytes(StandardCharsets.US_ASCII));
  }

  /** Format 1.1: two exits, of which one shares a tensor with the segments. */
  private static void writeExits(Path directory) throws IOException {
    GoldenPackages made = mixture();
    made.add("exit0/weight", ElementType.FLOAT32, Coding.PLANES, 700, 70, 4);
    made.add("exit0/bias", ElementType.FLOAT32, Coding.VECTOR, 10, 0, 0);
    Manifest bare = made.manifest("1", List.of());
    int own = bare.tensors().size() - 2;
    int[] ofFirst = {own, own + 1};
    int[] ofSecond = {0, own};
    Manifest manifest =
        RandomExits.with(
            bare,
            List.of(
                new ExitSpec(0, head(List.of("features"), "exit0/logits", ofFirst)),
                new ExitSpec(1, head(List.of("länge", "context"), "exit1/logits", ofSecond))));
    made.write(directory.resolve(EXITS), manifest, 1);
    byte[] whole = Files.readAllBytes(directory.resolve(EXITS));
    int cut = whole.length - (int) manifest.chunkBytes() * 2 / 3;
    Files.write(directory.resolve(CUT_EXITS), Arrays.copyOf(whole, cut));
    for (String name : List.of(EXITS, CUT_EXITS)) {
      Path json = directory.resolve(name.replace(".insitu", ".json"));
      Files.writeString(json, GoldenContents.describe(directory.resolve(name)));
    }
  }

  private static SegmentSpec head(List<String> inputs, String output, int... tensors) {
    byte[] graph = ("graph of " + output).getBytes(StandardCharsets.US_ASCII);
    return SegmentSpec.of(inputs, List.of(output), tensors, 700, 1 << 20, graph);
  }

  private static void writeFirst(Path directory) throws IOException {
    GoldenPackages first = mixture();
    Manifest mixture = first.manifest("1", List.of());
    first.write(directory.resolve(MIXTURE), mixture, 2);
    byte[] whole = Files.readAllBytes(directory.resolve(MIXTURE));
    int cut = whole.length - (int) mixture.chunkBytes() / 3;
    Files.write(directory.resolve(CUT), Arrays.copyOf(whole, cut));

    GoldenPackages second = mixture();
    second.change();
    Digest base = ManifestCodec.body(mixture).digest();
    Manifest next = second.manifest("2", List.of(second.difference(first, base)));
    second.write(directory.resolve(NEXT), next, 1);
    Files.write(
        directory.resolve(PATCH),
        ManifestCodec.patch(ManifestCodec.body(next), ManifestCodec.body(mixture)));

    GoldenPackages one = new GoldenPackages(0, 3);
    one.add("w", ElementType.FLOAT32, Coding.PLANES, 70, 7, 0);
    one.write(directory.resolve(SMALLEST), one.manifest("1", List.of()), 0);
    for (String name : List.of(MIXTURE, NEXT, CUT, SMALLEST)) {
      Path json = directory.resolve(name.replace(".insitu", ".json"));
      Files.writeString(json, GoldenContents.describe(directory.resolve(name)));
    }
  }

  /** All codings and kinds of types, tensors of several blocks and of none. */
  private static GoldenPackages mixture() {
    GoldenPackages made = new GoldenPackages(4, 1);
    made.add("conv/weight", ElementType.FLOAT32, Coding.PLANES, 9000, 90, 4);
    made.add("conv/bias", ElementType.FLOAT32, Coding.VECTOR, 100, 0, 0);
    made.add("half", ElementType.FLOAT16, Coding.PLANES, 3000, 64, 3);
    made.add("brain", ElementType.BFLOAT16, Coding.PLANES, 3001, 64, 4);
    made.add("nothing", ElementType.FLOAT32, Coding.VECTOR, 0, 0, 0);
    made.add("signed", ElementType.INT8, Coding.PLANES, 2000, 500, 2);
    made.add("unsigned", ElementType.UINT8, Coding.PLANES, 2000, 2000, 4);
    made.add("shape", ElementType.INT64, Coding.RAW, 83, 0, 0);
    made.add("nibbles", ElementType.INT4, Coding.RAW, 33, 0, 0);
    made.add("sparse", ElementType.FLOAT32, Coding.PLANES, 300_000, 65_536, 4);
    return made;
  }

  private void add(String name, ElementType type, Coding coding, long length, int row, int planes) {
    TensorSpec tensor = new TensorSpec(name, type, coding, length, row, planes);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) tensor.byteLength()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; bytes.remaining() >= type.bytes() && coding != Coding.RAW; i++) {
      boolean zero = name.equals("sparse") && i % 97 != 0;
      float value = zero ? 0 : special(i, (float) random.nextGaussian() * 0.05f);
      switch (type) {
        case FLOAT32 -> bytes.putFloat(value);
        case FLOAT16 -> bytes.putShort((short) (random.nextInt(0x3c00) | random.nextInt(2) << 15));
        case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        default -> bytes.put((byte) (128 + 30 * random.nextGaussian()));
      }
    }
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt(16));
    }
    tensors.add(tensor);
    values.add(bytes.array());
  }

  /** Now and then a value that is easily lost. */
  private static float special(int index, float value) {
    return switch (index % 61) {
      case 7 -> -0.0f;
      case 11 -> 0.0f;
      case 23 -> Float.MIN_VALUE * 1000;
      case 31 -> -Float.MIN_NORMAL;
      default -> value;
    };
  }

  /** What another version of the weights changes. */
  private void change() {
    byte[] conv = values.get(0);
    for (int at = 0; at < conv.length; at += 40) {
      conv[at] ^= 3;
    }
    values.get(7)[5] ^= 1;
  }

  private VersionDifference difference(GoldenPackages earlier, Digest base) {
    BlockTable table = new BlockTable(tensors);
    List<DifferenceChunk> chunks = new ArrayList<>();
    for (int tensor : new int[] {0, 7}) {
      int block = table.firstBlock(tensor);
      byte[] chunk =
          DifferenceCodec.encode(
              List.of(table.block(block)),
              List.of(ByteBuffer.wrap(values.get(tensor))),
              List.of(ByteBuffer.wrap(earlier.values.get(tensor))),
              19);
      chunks.add(new DifferenceChunk(put(chunk), chunk.length, block, block + 1));
    }
    return new VersionDifference(base, IntStream.range(0, tensors.size()).boxed().toList(), chunks);
  }

  private Manifest manifest(String version, List<VersionDifference> differences) {
    boolean one = tensors.size() == 1;
    byte[] graph = "graph of the whole".getBytes(StandardCharsets.US_ASCII);
    byte[] profile = one ? new byte[0] : profile();
    List<ChunkSpec> chunks = chunks();
    return new Manifest(
        new Header(
            one ? "smallest" : "golden",
            version,
            SmallPackage.digest(1),
            version.equals("2") ? Optional.of(SmallPackage.digest(2)) : Optional.empty(),
            reference(),
            levels,
            version.equals("2")),
        List.of(
            new ValueSpec("image", 1, List.of(-1L, 3L, 224L, 224L), true),
            new ValueSpec("länge", 7, List.of(), true)),
        List.of(new ValueSpec("logits", 1, List.of(), false)),
        tensors,
        one ? List.of(segment(List.of("image"), "logits", 0, 1)) : segments(),
        ByteBuffer.wrap(one ? new byte[0] : graph),
        chunks,
        one ? Optional.empty() : Optional.of(new ObjectRef(put(profile), profile.length)),
        differences);
  }

  private List<SegmentSpec> segments() {
    return List.of(
        segment(List.of("image"), "features", 0, 3),
        segment(List.of("features", "länge"), "context", 3, 8),
        segment(List.of("features", "context"), "logits", 5, 10));
  }

  private static SegmentSpec segment(List<String> inputs, String output, int from, int to) {
    byte[] graph = ("graph of " + output).getBytes(StandardCharsets.US_ASCII);
    int[] used = IntStream.range(from, to).toArray();
    return SegmentSpec.of(inputs, List.of(output), used, 1000L * to, 10L << 30, graph);
  }

  private static byte[] profile() {
    return ProfileCodec.write(
        new Profile(
            200,
            List.of(
                new Profile.Point(4, 5000, 2.5, 0.75, OptionalDouble.of(0.5)),
                new Profile.Point(9, 9000, 4.25, 1, OptionalDouble.empty()))));
  }

  private Digest reference() {
    ByteWriter all = new ByteWriter();
    values.forEach(all::raw);
    return Digest.sha256(all.toBytes());
  }

  /** Chunks of three blocks in group order, but every second group from its end. */
  private List<ChunkSpec> chunks() {
    BlockTable table = new BlockTable(tensors);
    ChunkEncoder encoder = new ChunkEncoder(levels, 19);
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int group = 0; group <= levels + 1; group++) {
      List<BlockCodes> open = new ArrayList<>();
      List<ChunkSpec> made = new ArrayList<>();
      for (int i = 0; i < table.blockCount(); i++) {
        if (table.block(i).tensor().hasContent(group, levels)) {
          open.add(codes(table.block(i)));
        }
        if (open.size() == 3 || (i == table.blockCount() - 1 && !open.isEmpty())) {
          made.add(group % 2 == 0 ? made.size() : 0, chunk(group, open, encoder));
          open.clear();
        }
      }
      chunks.addAll(made);
    }
    return chunks;
  }

  private ChunkSpec chunk(int group, List<BlockCodes> blocks, ChunkEncoder encoder) {
    byte[] bytes = encoder.encode(group, blocks);
    int first = blocks.get(0).block().index();
    int end = blocks.get(blocks.size() - 1).block().index() + 1;
    return new ChunkSpec(
        put(bytes), bytes.length, group, first, end, 1f / (1 + first + 10 * group));
  }

  private BlockCodes codes(Block block) {
    ByteBuffer reference = ByteBuffer.wrap(values.get(block.tensorIndex()));
    reference
        .position((int) block.byteOffset())
        .limit((int) block.byteOffset() + block.byteLength());
    if (!block.tensor().floatPlanes()) {
      return BlockCodes.encode(block, reference.slice(), null, 118, null);
    }
    short[] steps = new short[block.rows()];
    for (int row = 0; row < steps.length; row++) {
      steps[row] = (short) Steps.fit(Steps.nearest(0.01f * (1 + row % 5)), 1);
    }
    return BlockCodes.encode(block, reference.slice(), steps, 0, null);
  }

  private Digest put(byte[] bytes) {
    Digest digest = Digest.sha256(bytes);
    objects.put(digest, bytes);
    return digest;
  }

  private void write(Path path, Manifest manifest, int signatures) throws IOException {
    ManifestCodec.Body body = ManifestCodec.body(manifest);
    List<Signed> signed =
        IntStream.rangeClosed(1, signatures)
            .mapToObj(key -> TestKeys.sign(body.digest(), key))
            .toList();
    byte[] profile = manifest.profile().map(ref -> objects.get(ref.digest())).orElse(new byte[0]);
    PackageWriter.write(
        path,
        ManifestCodec.whole(body),
        signed,
        profile,
        (digest, size) -> ByteBuffer.wrap(objects.get(digest)));
  }
}
