package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Packages that must be refused, each breaking one rule of the format. */
final class HostilePackages {

  /**
   * What is wrong.
   *
   * @param content of the file
   * @param reason it must be refused for
   * @param message a part of what must be said
   */
  record Case(ByteBuffer content, Reason reason, String message) {

    byte[] file() {
      byte[] bytes = new byte[content.remaining()];
      content.duplicate().get(bytes);
      return bytes;
    }
  }

  private static final int X = 1; // position of names in section 3

  private static final Set<String> COMMITTED =
      Set.of(
          "overlapping-chunks",
          "uncovered-block-between",
          "chunk-past-the-end",
          "refinement-before-its-base",
          "cyclic-refinement",
          "error-not-a-number",
          "one-digest-two-sizes",
          "chunk-count-huge",
          "chunk-count-beyond-the-bytes",
          "chunk-too-large",
          "wider-tier",
          "tensors-of-one-name",
          "tensor-too-long",
          "too-many-blocks",
          "values-per-chunk",
          "planes-without-rows",
          "segment-refers-to-a-missing-tensor",
          "segment-reads-from-nowhere",
          "name-with-dots",
          "number-not-in-shortest-form",
          "difference-maps-out-of-range",
          "difference-of-an-unmapped-tensor",
          "unknown-critical-section",
          "section-twice",
          "two-frames",
          "frame-of-a-dictionary",
          "frame-that-inflates-beyond-its-size",
          "frame-without-end",
          "expanded-length-of-200-mebibytes",
          "manifest-of-major-version-2",
          "file-of-major-version-2",
          "byte-after-the-end",
          "profile-damaged",
          "cut-in-the-manifest",
          "unsigned",
          "signed-by-a-stranger",
          "signature-of-another-manifest",
          "signature-damaged");

  private final Map<String, Case> cases = new LinkedHashMap<>();

  private HostilePackages() {}

  /** All of them by name. */
  static Map<String, Case> all() {
    HostilePackages packages = new HostilePackages();
    packages.chunkTables();
    packages.tensorTables();
    packages.segments();
    packages.headers();
    packages.differences();
    packages.sections();
    packages.frames();
    packages.files();
    packages.signatures();
    return packages.cases;
  }

  /** Whose packages are believed where a case is about signatures; elsewhere anybody's. */
  static Trust trust(Reason reason) {
    return reason == Reason.UNTRUSTED ? Trust.keys(List.of(TestKeys.key(1))) : Trust.anybody();
  }

  /**
   * Writes those that are committed, as {@code REASON-name.insitu}.
   *
   * @param args the directory
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    for (Map.Entry<String, Case> hostile : all().entrySet()) {
      if (COMMITTED.contains(hostile.getKey())) {
        String name = hostile.getValue().reason() + "-" + hostile.getKey() + ".insitu";
        Files.write(directory.resolve(name), hostile.getValue().file());
      }
    }
  }

  private void chunkTables() {
    table("overlapping-chunks", "overlap at block 1", t -> t.blocks(1, 1, 3));
    table(
        "chunk-twice", "overlap at block 0", t -> t.add(SmallPackage.digest(1), 0, 1, 0, 2, 9, 0));
    table("uncovered-block-between", "Block 0 of tensor 'planes' has no chunk", t -> t.remove(3));
    table(
        "uncovered-block-at-the-end", "Block 1 of tensor 'planes' has no chunk", t -> t.remove(4));
    table("uncovered-group", "has no chunk in group 3", t -> t.remove(5));
    table(
        "no-chunks",
        "has no chunk in group 0",
        t -> {
          for (int i = 0; i < 6; i++) {
            t.remove(0);
          }
        });
    table(
        "chunk-without-content",
        "covers no content",
        t -> t.add(SmallPackage.digest(1), 0, 1, 2, 2, 9, 0));
    table("chunk-of-no-blocks", "claims blocks 1 to 1", t -> t.blocks(4, 1, 0));
    table("chunk-past-the-end", "claims blocks up to 8", t -> t.blocks(5, 0, 8));
    table("group-that-is-not-there", "in group 4 of 4", t -> t.group(5, 4));
    table("group-255", "of group 255", t -> t.group(5, 255));
    table("refinement-before-its-base", "broken or cyclic", t -> t.swap(0, 2));
    table("refinement-before-a-part-of-its-base", "broken or cyclic", t -> t.swap(4, 5));
    table("cyclic-refinement", "broken or cyclic", t -> t.swap(2, 3).swap(2, 5));
    table("error-not-a-number", "removes an error of NaN", t -> t.error(2, Float.NaN));
    table("error-negative", "removes an error of -1.0", t -> t.error(2, -1));
    table(
        "error-infinite", "removes an error of Infinity", t -> t.error(2, Float.POSITIVE_INFINITY));
    table(
        "one-digest-two-sizes",
        "in one place and",
        t -> t.digest(5, SmallPackage.manifest().chunks().get(0).digest()).size(5, 99));
    table(Reason.LIMIT, "chunk-of-no-bytes", "has 0 bytes", t -> t.size(5, 0));
    table(
        Reason.LIMIT,
        "chunk-too-large",
        "a chunk's size as 1114113",
        t -> t.size(5, ChunkSpec.MAX_BYTES + 1));
    table(
        Reason.LIMIT,
        "block-number-huge",
        "first block as 4611686018427387904",
        t -> t.blocks(5, 1L << 62, 1));
    table(
        Reason.LIMIT,
        "blocks-huge",
        "number of blocks as 4294967296",
        t -> t.blocks(5, 0, 1L << 32));
    table(Reason.TOO_NEW, "wider-tier", "width tier 1", t -> t.tier(5, 1));
    manifest(
        Reason.LIMIT,
        "chunk-count-huge",
        "number of chunks as 4611686018427387904",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(1L << 62)));
    manifest(
        Reason.CORRUPT,
        "chunk-count-beyond-the-bytes",
        "bytes left",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(4 << 20)));
    manifest(
        Reason.CORRUPT,
        "chunk-count-one-more",
        "",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(7)));
    manifest(
        Reason.CORRUPT,
        "chunk-count-one-less",
        "",
        m -> m.section(11, RawTable.of(SmallPackage.manifest()).section(5)));
  }

  private void tensorTables() {
    tensors(
        Reason.CORRUPT,
        "tensors-of-one-name",
        "Two tensors are called 'planes'",
        "planes",
        1,
        1,
        1000,
        0,
        0);
    tensors(
        Reason.CORRUPT, "tensor-without-name", "a tensor's name is empty", "", 1, 1, 1000, 0, 0);
    tensors(Reason.TOO_NEW, "unknown-type", "ONNX data type 99", "vector", 99, 1, 1000, 0, 0);
    tensors(Reason.TOO_NEW, "unknown-coding", "has coding 3", "vector", 1, 3, 1000, 0, 0);
    tensors(
        Reason.CORRUPT, "vector-of-int8", "cannot be coded as VECTOR", "vector", 3, 1, 1000, 0, 0);
    tensors(
        Reason.CORRUPT,
        "planes-of-int64",
        "cannot be coded as PLANES",
        "vector",
        7,
        2,
        1000,
        10,
        0);
    tensors(Reason.CORRUPT, "planes-without-rows", "has row length 0", "vector", 1, 2, 1000, 0, 0);
    tensors(
        Reason.CORRUPT, "rows-without-planes", "has row length 10", "vector", 1, 1, 1000, 10, 0);
    tensors(
        Reason.LIMIT, "row-too-long", "a row's length as 65537", "vector", 1, 2, 1000, 65_537, 0);
    tensors(
        Reason.CORRUPT,
        "refinements-without-planes",
        "has 1 refinements",
        "vector",
        1,
        1,
        1000,
        0,
        1);
    tensors(
        Reason.CORRUPT,
        "refinements-above-the-packages",
        "has 3 refinements, the package 2",
        "vector",
        1,
        2,
        1000,
        10,
        3);
    tensors(
        Reason.CORRUPT, "refinements-255", "has 255 refinements", "vector", 1, 2, 1000, 10, 255);
    tensors(
        Reason.LIMIT, "tensor-too-long", "at most 2^40 bytes", "vector", 1, 1, 1L << 38 | 1, 0, 0);
    tensors(
        Reason.LIMIT,
        "tensor-of-2-to-the-62",
        "at most 2^40 bytes",
        "vector",
        7,
        0,
        1L << 62,
        0,
        0);
    tensors(
        Reason.LIMIT, "too-many-blocks", "blocks; at most", "vector", 3, 2, 1L << 40, 65_536, 0);
    tensors(
        Reason.CORRUPT, "longer-than-its-chunks", "has no chunk", "vector", 1, 1, 1 << 20, 0, 0);
    manifest(
        Reason.LIMIT,
        "tensor-count-huge",
        "number of tensors as",
        m -> m.section(5, new ByteWriter().varint(1L << 60)));
    manifest(
        Reason.CORRUPT,
        "tensor-name-not-utf-8",
        "is not UTF-8",
        m -> m.section(5, new ByteWriter().varint(1).bytes(new byte[] {(byte) 0xc0, (byte) 0x80})));
    manifest(
        Reason.LIMIT,
        "values-per-chunk",
        "bytes of values",
        m -> {
          m.section(5, tensorSection("vector", 1, 1, 5 << 20, 0, 0));
          m.section(
              11, RawTable.of(SmallPackage.manifest()).blocks(1, 2, 21).blocks(5, 0, 22).section());
        });
  }

  private void segments() {
    segment(
        Reason.CORRUPT,
        "segment-refers-to-a-missing-tensor",
        "refers to tensor 3 of 3",
        "h",
        "y",
        1,
        1);
    segment(Reason.LIMIT, "segment-refers-to-tensor-huge", "gap of tensors", "h", "y", 1, 1 << 30);
    segment(Reason.CORRUPT, "segment-reads-from-nowhere", "reads 'secret'", "secret", "y", 1, 0);
    segment(Reason.CORRUPT, "segment-reads-itself", "reads 'y'", "y", "y", 1, 0);
    segment(
        Reason.CORRUPT, "value-made-twice", "'h' of segment 1 was there before", "x", "h", 1, 0);
    segment(
        Reason.CORRUPT,
        "input-made-by-a-segment",
        "'x' of segment 1 was there before",
        "h",
        "x",
        1,
        0);
    segment(Reason.CORRUPT, "output-that-nobody-makes", "output 'y'", "h", "z", 1, 0);
    manifest(
        Reason.CORRUPT, "no-segment", "no segment", m -> m.section(7, new ByteWriter().varint(0)));
    manifest(
        Reason.LIMIT,
        "segment-count-huge",
        "number of segments",
        m -> m.section(7, new ByteWriter().varint(1L << 62)));
    manifest(
        Reason.CORRUPT,
        "graph-longer-than-the-file",
        "bytes left",
        m ->
            m.section(
                7, new ByteWriter().varint(1).u8(0).u8(0).u8(0).u8(0).u8(0).varint(200_000_000)));
    manifest(
        Reason.CORRUPT,
        "two-graphs-of-one-segment",
        "fused graph as well",
        m -> m.section(7, new ByteWriter().varint(1).u8(0).u8(0).u8(0).u8(0).u8(0).u8(0)));
    manifest(
        Reason.CORRUPT,
        "inputs-of-one-name",
        "'x' of the model's inputs was there before",
        m -> {
          byte[] values = m.section(3);
          byte[] input = Arrays.copyOfRange(values, X, X + 6);
          m.section(
              3,
              new ByteWriter()
                  .u8(2)
                  .raw(input)
                  .raw(input)
                  .raw(Arrays.copyOfRange(values, X + 6, values.length)));
        });
    manifest(
        Reason.LIMIT,
        "too-many-dimensions",
        "a value's rank as 34",
        m ->
            m.section(
                3, new ByteWriter().u8(1).name("x").u8(1).varint(34).raw(new byte[34]).u8(0)));
    manifest(
        Reason.LIMIT,
        "input-count-huge",
        "number of inputs",
        m -> m.section(3, new ByteWriter().varint(1L << 40)));
  }

  private void headers() {
    header("name-with-dots", "is not a model name", "../../etc/passwd", "1", 2, 0, 0);
    header("name-with-slash", "is not a model name", "a/b", "1", 2, 0, 0);
    header("name-of-dots", "is not a model name", "..", "1", 2, 0, 0);
    header("name-with-zero", "is not a model name", "a\0b", "1", 2, 0, 0);
    header("name-too-long", "is not a model name", "a".repeat(129), "1", 2, 0, 0);
    header("version-with-dots", "is not a version", "a", "../1", 2, 0, 0);
    header("version-with-newline", "is not a version", "a", "1\n", 2, 0, 0);
    header("flag-of-two", "neither 0 nor 1", "a", "1", 2, 2, 0);
    header("reference-of-another-kind", "neither 0 nor 1", "a", "1", 2, 0, 2);
    manifest(
        Reason.LIMIT,
        "refinements-too-many",
        "its refinements as 15",
        m -> m.section(1, headerSection("a", "1", 15, 0, 0)));
    manifest(
        Reason.CORRUPT,
        "number-not-in-shortest-form",
        "shortest form",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).u8(0x87).u8(0)));
    manifest(
        Reason.CORRUPT,
        "number-without-end",
        "longer than 9 bytes",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).raw(bytes(0xff, 12))));
    manifest(
        Reason.LIMIT,
        "profile-too-large",
        "the profile's size",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).varint(1 << 25)));
    manifest(
        Reason.CORRUPT,
        "profile-of-no-bytes",
        "has 0 bytes",
        m -> m.section(12, new ByteWriter().digest(SmallPackage.digest(1)).u8(0)));
  }

  private void differences() {
    difference(
        Reason.CORRUPT,
        "difference-of-an-unmapped-tensor",
        "mapped to none",
        new int[] {1, 0, 1},
        2,
        1);
    difference(
        Reason.CORRUPT,
        "difference-past-the-end",
        "claims blocks 3 to 5 of 4",
        new int[] {1, 1, 1},
        3,
        2);
    difference(
        Reason.LIMIT,
        "difference-maps-out-of-range",
        "a base's tensor as",
        new int[] {1, 1 << 30, 1},
        0,
        1);
    difference(
        Reason.CORRUPT, "difference-of-no-blocks", "for blocks 1 to 1", new int[] {1, 1, 1}, 1, 0);
    manifest(
        Reason.CORRUPT,
        "two-differences-against-one-version",
        "two differences against",
        m -> {
          ByteWriter one = new ByteWriter().digest(SmallPackage.digest(7)).u8(1).u8(2).u8(3).u8(0);
          m.section(14, new ByteWriter().u8(2).raw(one.toBytes()).raw(one.toBytes()));
        });
    manifest(
        Reason.CORRUPT,
        "difference-chunks-overlap",
        "those below 2 have been covered",
        m ->
            m.section(
                14,
                new ByteWriter()
                    .u8(1)
                    .digest(SmallPackage.digest(7))
                    .u8(1)
                    .u8(2)
                    .u8(3)
                    .u8(2)
                    .u8(0)
                    .u8(1)
                    .u8(2)
                    .u8(1)
                    .u8(5)
                    .u8(5)
                    .digest(SmallPackage.digest(8))
                    .digest(SmallPackage.digest(9))));
    manifest(
        Reason.LIMIT,
        "difference-count-huge",
        "number of differences",
        m -> m.section(14, new ByteWriter().varint(1 << 20)));
    manifest(
        Reason.LIMIT,
        "difference-chunk-count-huge",
        "number of difference chunks",
        m ->
            m.section(
                14,
                new ByteWriter()
                    .u8(1)
                    .digest(SmallPackage.digest(7))
                    .u8(1)
                    .u8(2)
                    .u8(3)
                    .varint(1L << 50)));
  }

  private void sections() {
    manifest(
        Reason.TOO_NEW,
        "unknown-critical-section",
        "needs section 15",
        m -> m.section(15, new byte[3]));
    manifest(
        Reason.TOO_NEW,
        "unknown-critical-section-of-a-large-number",
        "needs section 1001",
        m -> m.section(1001, new byte[0]));
    for (int tag : new int[] {1, 3, 5, 7, 9, 11}) {
      manifest(
          Reason.CORRUPT, "without-section-" + tag, "has no section " + tag, m -> m.without(tag));
    }
    body("section-twice", "section 12 follows section 12", b -> b.varint(12).bytes(new byte[2]));
    body(
        "sections-out-of-order",
        "section 3 follows section 12",
        b -> b.varint(3).bytes(new byte[2]));
    body("section-longer-than-the-body", "bytes left", b -> b.varint(20).varint(1000));
    body("section-zero", "section 0 follows section 12", b -> b.varint(0).bytes(new byte[0]));
    for (int tag : new int[] {1, 3, 5, 7, 11, 12}) {
      manifest(
          Reason.CORRUPT,
          "bytes-after-section-" + tag,
          "1 bytes after its end",
          m -> m.section(tag, new ByteWriter().raw(m.section(tag)).u8(0)));
    }
  }

  private void frames() {
    byte[] body = RawManifest.of(SmallPackage.manifest()).body();
    byte[] frame = RawManifest.compress(body, 3);
    String noFrame = "exactly one zstd frame";
    frame("no-frame", noFrame, bytes(7, 100));
    frame("two-frames", noFrame, join(frame, RawManifest.compress(new byte[0], 3)));
    frame("frame-then-bytes", noFrame, join(frame, new byte[1]));
    frame("skippable-frame-first", noFrame, join(skippable(), frame));
    frame("skippable-frame-last", noFrame, join(frame, skippable()));
    frame("frame-cut", noFrame, Arrays.copyOf(frame, frame.length - 1));
    frame("frame-of-a-dictionary", noFrame, flipped(frame, 4, 1));
    frame("frame-with-reserved-bit", noFrame, flipped(frame, 4, 8));
    frame("frame-of-another-length", noFrame, RawManifest.compress(new byte[body.length + 1], 3));
    frame("frame-of-a-reserved-block", noFrame, flipped(frame, 7, 2));
    byte[] longer = RawManifest.compress(new byte[body.length + 5000], 3);
    System.arraycopy(frame, 4, longer, 4, 3); // the shorter one's content size
    frame("frame-that-inflates-beyond-its-size", "cannot be expanded", longer);
    byte[] shorter = RawManifest.compress(new byte[body.length - 300], 3);
    System.arraycopy(frame, 4, shorter, 4, 3);
    frame("frame-that-inflates-too-little", "", shorter);
    frame("frame-without-end", noFrame, endless());
    byte[] bomb = RawManifest.compress(new byte[ManifestCodec.MAX_BODY], 3);
    manifest(
        Reason.LIMIT,
        "frame-that-inflates-to-256-mebibytes",
        "may expand to",
        m -> m.withFrame(bomb).withExpandedLength(ManifestCodec.MAX_BODY));
    manifest(
        Reason.LIMIT,
        "expanded-length-of-4-gibibytes",
        "expanded length as 4294967295",
        m -> m.withExpandedLength(0xffffffffL));
    manifest(
        Reason.LIMIT,
        "expanded-length-of-200-mebibytes",
        "may expand to",
        m -> m.withExpandedLength(200 << 20));
    manifest(Reason.CORRUPT, "expanded-length-of-nothing", noFrame, m -> m.withExpandedLength(0));
    manifest(
        Reason.TOO_NEW, "manifest-of-major-version-2", "written in format 2", m -> m.withMajor(2));
    manifest(Reason.CORRUPT, "no-manifest", "This is not a manifest", m -> m.withMagic("ONNX"));
    manifest(
        Reason.INVALID,
        "manifest-as-a-patch",
        "is a patch against",
        m -> m.withMagic("INSP").withFrame(bytes(1, 200)));
  }

  private void files() {
    byte[] file = file(RawManifest.of(SmallPackage.manifest()));
    put(
        Reason.CORRUPT,
        "no-package",
        "is not an .insitu package",
        join("\u0008\u0007pytorch".getBytes(StandardCharsets.US_ASCII), new byte[100]));
    put(
        Reason.CORRUPT,
        "text-mode-transfer",
        "is not an .insitu package",
        flipped(file, 6, '\r' ^ '\n'));
    put(Reason.TOO_NEW, "file-of-major-version-2", "written in format 2", flipped(file, 8, 3));
    put(
        Reason.CORRUPT,
        "byte-after-the-end",
        "1 bytes after its last chunk",
        join(file, new byte[1]));
    put(
        Reason.CORRUPT,
        "megabyte-after-the-end",
        "1048576 bytes after its last chunk",
        join(file, new byte[1 << 20]));
    put(Reason.LIMIT, "65535-signatures", "65535 signatures", set(file, 10, 0xff, 0xff));
    put(Reason.CORRUPT, "signatures-past-the-end", "needed are", set(file, 10, 64, 0));
    put(
        Reason.LIMIT,
        "manifest-length-of-4-gibibytes",
        "manifest's length as 4294967295",
        set(file, 12, 255, 255, 255, 255));
    put(Reason.CORRUPT, "manifest-past-the-end", "Maybe it was cut", set(file, 12, 0, 0, 0, 4));
    put(
        Reason.LIMIT,
        "profile-length-of-4-gibibytes",
        "profile's length as 4294967295",
        set(file, 16, 255, 255, 255, 255));
    put(
        Reason.CORRUPT,
        "profile-of-another-length",
        "is not the one",
        set(file, 16, SmallPackage.PROFILE.length - 1));
    put(
        Reason.CORRUPT,
        "profile-that-is-not-named",
        "does not name",
        file(RawManifest.of(SmallPackage.manifest()).without(12)));
    int profileAt = file.length - contents().length - SmallPackage.PROFILE.length;
    put(Reason.CORRUPT, "profile-damaged", "is not the one", flipped(file, profileAt, 1));
    put(Reason.CORRUPT, "cut-in-the-header", "ends at byte 19", Arrays.copyOf(file, 19));
    put(
        Reason.CORRUPT,
        "cut-in-the-manifest",
        "Maybe it was cut",
        Arrays.copyOf(file, profileAt - 1));
    put(Reason.CORRUPT, "empty", "ends at byte 0", new byte[0]);
  }

  private void signatures() {
    byte[] file = file(RawManifest.of(SmallPackage.manifest()));
    Digest digest = ManifestCodec.body(SmallPackage.manifest()).digest();
    Signed right = TestKeys.sign(digest, 1);
    Signed stranger = TestKeys.sign(digest, 2);
    Signed other = TestKeys.sign(SmallPackage.digest(1), 1);
    Signed damaged = new Signed(right.key(), flipped(right.signature(), 40, 1));
    Signed renamed = new Signed(right.key(), stranger.signature());
    put(Reason.UNTRUSTED, "unsigned", "is not signed", file);
    untrusted("signed-by-a-stranger", "none of the 1 pinned keys", stranger);
    untrusted("signature-of-another-manifest", "wrong signature", other);
    untrusted("signature-damaged", "wrong signature", damaged);
    untrusted("signature-under-another-name", "wrong signature", renamed);
    untrusted("signatures-of-which-none-is-right", "wrong signature", stranger, damaged, other);
    put(
        Reason.UNTRUSTED,
        "signed-and-changed",
        "wrong signature",
        signed(file(RawManifest.of(SmallPackage.manifest()).section(16, new byte[1])), right));
  }

  private void untrusted(String name, String message, Signed... signatures) {
    byte[] file = file(RawManifest.of(SmallPackage.manifest()));
    put(Reason.UNTRUSTED, name, message, signed(file, signatures));
  }

  /** An unsigned file with signatures. */
  static byte[] signed(byte[] file, Signed... signatures) {
    ByteWriter out = new ByteWriter().raw(Arrays.copyOf(file, 10)).u16(signatures.length);
    out.raw(Arrays.copyOfRange(file, 12, PackageFile.HEADER_BYTES));
    for (Signed signature : signatures) {
      out.raw(Hex.parse(signature.key().hex())).raw(signature.signature());
    }
    return out.raw(Arrays.copyOfRange(file, PackageFile.HEADER_BYTES, file.length)).toBytes();
  }

  private void table(String name, String message, Consumer<RawTable> change) {
    table(Reason.CORRUPT, name, message, change);
  }

  private void table(Reason reason, String name, String message, Consumer<RawTable> change) {
    RawTable table = RawTable.of(SmallPackage.manifest());
    change.accept(table);
    manifest(reason, name, message, m -> m.section(11, table.section()));
  }

  /** The tensor table with another second tensor. */
  private void tensors(
      Reason reason,
      String name,
      String message,
      String tensor,
      int type,
      int coding,
      long length,
      long row,
      int refinements) {
    manifest(
        reason,
        name,
        message,
        m -> m.section(5, tensorSection(tensor, type, coding, length, row, refinements)));
  }

  private static ByteWriter tensorSection(
      String tensor, int type, int coding, long length, long row, int refinements) {
    return new ByteWriter()
        .u8(3)
        .name("planes")
        .bytes(tensor.getBytes(StandardCharsets.UTF_8))
        .name("raw")
        .u8(1)
        .u8(type)
        .u8(7)
        .u8(2)
        .u8(coding)
        .u8(0)
        .varint(300_000)
        .varint(length)
        .varint(800)
        .varint(100)
        .varint(row)
        .varint(0)
        .u8(2)
        .u8(refinements)
        .u8(0);
  }

  /** The segments with another second one. */
  private void segment(
      Reason reason, String name, String message, String input, String output, int first, int gap) {
    ByteWriter second =
        new ByteWriter()
            .u8(1)
            .name(input)
            .u8(1)
            .name(output)
            .u8(2)
            .varint(first)
            .varint(gap)
            .u8(0)
            .u8(0)
            .u8(0);
    ByteWriter both =
        new ByteWriter()
            .u8(2)
            .u8(1)
            .name("x")
            .u8(1)
            .name("h")
            .u8(1)
            .u8(0)
            .u8(0)
            .u8(0)
            .u8(0)
            .raw(second.toBytes());
    manifest(reason, name, message, m -> m.section(7, both));
  }

  private void header(
      String name,
      String message,
      String model,
      String version,
      int levels,
      int hasParent,
      int kind) {
    manifest(
        Reason.CORRUPT,
        name,
        message,
        m -> m.section(1, headerSection(model, version, levels, hasParent, kind)));
  }

  private static ByteWriter headerSection(
      String model, String version, int levels, int hasParent, int kind) {
    return new ByteWriter()
        .name(model)
        .name(version)
        .digest(SmallPackage.digest(1))
        .u8(hasParent)
        .digest(SmallPackage.digest(2))
        .varint(levels)
        .u8(kind);
  }

  private void difference(
      Reason reason, String name, String message, int[] baseTensors, int first, int length) {
    ByteWriter section = new ByteWriter().u8(1).digest(SmallPackage.digest(7));
    for (int tensor : baseTensors) {
      section.varint(tensor);
    }
    section.u8(1).varint(first).varint(length).u8(5).digest(SmallPackage.digest(8));
    manifest(reason, name, message, m -> m.section(14, section));
  }

  /** A manifest with something after its sections. */
  private void body(String name, String message, Consumer<ByteWriter> more) {
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    ByteWriter body = new ByteWriter().raw(raw.body());
    more.accept(body);
    byte[] bytes = body.toBytes();
    manifest(
        Reason.CORRUPT,
        name,
        message,
        m -> m.withFrame(RawManifest.compress(bytes, 3)).withExpandedLength(bytes.length));
  }

  private void frame(String name, String message, byte[] frame) {
    manifest(Reason.CORRUPT, name, message, m -> m.withFrame(frame));
  }

  private void manifest(Reason reason, String name, String message, Consumer<RawManifest> change) {
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    change.accept(raw);
    put(reason, name, message, file(raw));
  }

  private void put(Reason reason, String name, String message, byte[] file) {
    if (cases.put(name, new Case(ByteBuffer.wrap(file), reason, message)) != null) {
      throw new UncheckedIOException(new IOException("two cases are called " + name));
    }
  }

  /** A file around a manifest, with the profile and chunks of the valid one. */
  static byte[] file(RawManifest raw) {
    byte[] manifest = raw.whole();
    return new ByteWriter()
        .raw(PackageFile.MAGIC)
        .u8(1)
        .u8(0)
        .u16(0)
        .u32(manifest.length)
        .u32(SmallPackage.PROFILE.length)
        .raw(manifest)
        .raw(SmallPackage.PROFILE)
        .raw(contents())
        .toBytes();
  }

  private static byte[] contents() {
    ByteWriter out = new ByteWriter();
    for (int i = 0; i < 6; i++) {
      out.raw(SmallPackage.content(i));
    }
    return out.toBytes();
  }

  private static byte[] skippable() {
    return new ByteWriter().u32(0x184d2a50).u32(3).raw(new byte[3]).toBytes();
  }

  /** Blocks of one repeated byte, each 128 KiB, none of which is the last. */
  private static byte[] endless() {
    ByteWriter out = new ByteWriter().u32(0xfd2fb528).u8(0xa0).u32(1000);
    for (int i = 0; i < 500; i++) {
      int header = (128 << 10) << 3 | 1 << 1;
      out.u16(header).u8(header >> 16).u8(0);
    }
    return out.toBytes();
  }

  private static byte[] bytes(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at, int mask) {
    byte[] copy = bytes.clone();
    copy[at] ^= (byte) mask;
    return copy;
  }

  private static byte[] set(byte[] bytes, int at, int... values) {
    byte[] copy = bytes.clone();
    for (int i = 0; i < values.length; i++) {
      copy[at + i] = (byte) values[i];
    }
    return copy;
  }

  private static byte[] join(byte[] first, byte[] second) {
    return new ByteWriter().raw(first).raw(second).toBytes();
  }
}
