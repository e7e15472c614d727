package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The sections of a manifest's body (format, section 5). */
final class ManifestSections {

  private static final int HEADER = 1;
  private static final int VALUES = 3;
  private static final int TENSORS = 5;
  private static final int SEGMENTS = 7;
  private static final int FUSED = 9;
  private static final int CHUNKS = 11;
  private static final int PROFILE = 12;
  private static final int DIFFERENCES = 14;
  private static final List<Integer> KNOWN =
      List.of(HEADER, VALUES, TENSORS, SEGMENTS, FUSED, CHUNKS, PROFILE, DIFFERENCES);

  private ManifestSections() {}

  static byte[] write(Manifest manifest) {
    ByteWriter out = new ByteWriter();
    section(out, HEADER, w -> writeHeader(w, manifest.header()));
    section(out, VALUES, w -> {
      writeValues(w, manifest.inputs());
      writeValues(w, manifest.outputs());
    });
    section(out, TENSORS, w -> writeTensors(w, manifest.tensors()));
    section(out, SEGMENTS, w -> writeSegments(w, manifest.segments()));
    boolean oneSegment = manifest.segments().size() == 1;
    section(out, FUSED, w -> w.raw(oneSegment ? new byte[0] : copy(manifest.fusedGraph())));
    section(out, CHUNKS, w -> writeChunks(w, manifest.chunks()));
    manifest.profile().ifPresent(
        profile -> section(out, PROFILE, w -> w.digest(profile.digest()).varint(profile.size())));
    if (!manifest.differences().isEmpty()) {
      section(out, DIFFERENCES, w -> writeDifferences(w, manifest.differences()));
    }
    return out.toBytes();
  }

  private static void section(ByteWriter out, int tag, Consumer<ByteWriter> content) {
    ByteWriter payload = new ByteWriter();
    content.accept(payload);
    out.varint(tag).bytes(payload.toBytes());
  }

  private static void writeHeader(ByteWriter w, Header header) {
    w.string(header.name()).string(header.version()).digest(header.root());
    w.u8(header.parent().isPresent() ? 1 : 0);
    header.parent().ifPresent(w::digest);
    w.digest(header.reference()).varint(header.levels()).u8(header.retrained() ? 1 : 0);
  }

  private static void writeValues(ByteWriter w, List<ValueSpec> values) {
    w.varint(values.size());
    for (ValueSpec value : values) {
      w.string(value.name()).u8(value.onnxType());
      w.varint(value.ranked() ? value.dims().size() + 1 : 0);
      if (value.ranked()) {
        value.dims().forEach(dim -> w.varint(dim + 1));
      }
    }
  }

  private static void writeTensors(ByteWriter w, List<TensorSpec> tensors) {
    w.varint(tensors.size());
    tensors.forEach(tensor -> w.string(tensor.name()));
    tensors.forEach(tensor -> w.u8(tensor.type().onnx()));
    tensors.forEach(tensor -> w.u8(tensor.coding().ordinal()));
    tensors.forEach(tensor -> w.varint(tensor.length()));
    tensors.forEach(tensor -> w.varint(tensor.rowLength()));
    tensors.forEach(tensor -> w.u8(tensor.refinements()));
  }

  private static void writeSegments(ByteWriter w, List<SegmentSpec> segments) {
    w.varint(segments.size());
    for (SegmentSpec segment : segments) {
      writeStrings(w, segment.inputs());
      writeStrings(w, segment.outputs());
      w.varint(segment.tensors().size());
      int next = 0;
      for (int tensor : segment.tensors()) {
        w.varint(tensor - next);
        next = tensor + 1;
      }
      w.varint(segment.macs()).varint(segment.activationBytes()).bytes(copy(segment.graph()));
    }
  }

  private static void writeStrings(ByteWriter w, List<String> strings) {
    w.varint(strings.size());
    strings.forEach(w::string);
  }

  private static void writeChunks(ByteWriter w, List<ChunkSpec> chunks) {
    w.varint(chunks.size());
    chunks.forEach(chunk -> w.u8(0));
    chunks.forEach(chunk -> w.u8(chunk.group()));
    chunks.forEach(chunk -> w.varint(chunk.firstBlock()));
    chunks.forEach(chunk -> w.varint(chunk.endBlock() - chunk.firstBlock()));
    chunks.forEach(chunk -> w.varint(chunk.size()));
    chunks.forEach(chunk -> w.u16(Float.floatToRawIntBits(chunk.errorRemoved()) >>> 16));
    chunks.forEach(chunk -> w.digest(chunk.digest()));
  }

  private static void writeDifferences(ByteWriter w, List<VersionDifference> differences) {
    w.varint(differences.size());
    for (VersionDifference difference : differences) {
      w.digest(difference.base());
      difference.baseTensors().forEach(tensor -> w.varint(tensor + 1));
      List<DifferenceChunk> chunks = difference.chunks();
      w.varint(chunks.size());
      chunks.forEach(chunk -> w.varint(chunk.firstBlock()));
      chunks.forEach(chunk -> w.varint(chunk.endBlock() - chunk.firstBlock()));
      chunks.forEach(chunk -> w.varint(chunk.size()));
      chunks.forEach(chunk -> w.digest(chunk.digest()));
    }
  }

  static Manifest read(ByteBuffer body) {
    Map<Integer, ByteReader> sections = split(body);
    Header header = readHeader(required(sections, HEADER));
    ByteReader values = required(sections, VALUES);
    List<ValueSpec> inputs = readValues(values);
    List<ValueSpec> outputs = readValues(values);
    values.end();
    List<TensorSpec> tensors = readTensors(required(sections, TENSORS));
    List<SegmentSpec> segments = readSegments(required(sections, SEGMENTS));
    ByteReader fused = required(sections, FUSED);
    List<ChunkSpec> chunks = readChunks(required(sections, CHUNKS));
    Optional<ObjectRef> profile = Optional.ofNullable(sections.get(PROFILE)).map(ManifestSections::readProfile);
    List<VersionDifference> differences =
        Optional.ofNullable(sections.get(DIFFERENCES)).map(r -> readDifferences(r, tensors.size())).orElse(List.of());
    return new Manifest(
        header, inputs, outputs, tensors, segments, fused.slice(fused.remaining()), chunks, profile, differences);
  }

  private static Map<Integer, ByteReader> split(ByteBuffer body) {
    ByteReader reader = new ByteReader("manifest", body);
    Map<Integer, ByteReader> sections = new HashMap<>();
    int previous = 0;
    while (reader.remaining() > 0) {
      int tag = reader.count("a section's tag", 1 << 20);
      if (tag <= previous) {
        throw reader.corrupt("section " + tag + " follows section " + previous);
      }
      previous = tag;
      ByteBuffer payload = reader.slice(reader.itemCount("a section's length", ManifestCodec.MAX_BODY));
      if (KNOWN.contains(tag)) {
        sections.put(tag, new ByteReader("manifest's section " + tag, payload));
      } else if (tag % 2 == 1) {
        throw new ElasticException(
            ElasticException.Reason.TOO_NEW,
            "The package needs section " + tag + ", which this version does not know.\nMaybe update Insitu on this device.");
      }
    }
    return sections;
  }

  private static ByteReader required(Map<Integer, ByteReader> sections, int tag) {
    ByteReader reader = sections.get(tag);
    if (reader == null) {
      throw ElasticException.corrupt("The manifest has no section " + tag + ".");
    }
    return reader;
  }

  private static Header readHeader(ByteReader reader) {
    String name = reader.string("name");
    String version = reader.string("version");
    Digest root = reader.digest();
    Optional<Digest> parent = reader.u8() == 0 ? Optional.empty() : Optional.of(reader.digest());
    Header header =
        new Header(
            name, version, root, parent, reader.digest(), reader.count("its refinements", 255), reader.u8() != 0);
    reader.end();
    return header;
  }

  private static List<ValueSpec> readValues(ByteReader reader) {
    int count = reader.itemCount("a number of values", 65_536);
    List<ValueSpec> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = reader.string("value name");
      int type = reader.u8();
      int rank = reader.itemCount("a rank", 65) - 1;
      List<Long> dims = new ArrayList<>();
      for (int d = 0; d < rank; d++) {
        dims.add(reader.varint() - 1);
      }
      values.add(new ValueSpec(name, type, dims, rank >= 0));
    }
    return values;
  }

  private static List<TensorSpec> readTensors(ByteReader reader) {
    int count = reader.itemCount("its number of tensors", Manifest.MAX_TENSORS);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(reader.string("tensor name"));
    }
    ByteBuffer types = reader.slice(count);
    ByteBuffer codings = reader.slice(count);
    long[] lengths = new long[count];
    int[] rowLengths = new int[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = reader.varint();
    }
    for (int i = 0; i < count; i++) {
      rowLengths[i] = reader.count("a row length", TensorSpec.MAX_ROW);
    }
    ByteBuffer refinements = reader.slice(count);
    reader.end();
    List<TensorSpec> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int coding = codings.get(i);
      if (coding < 0 || coding >= Coding.values().length) {
        throw reader.corrupt("tensor " + i + " has coding " + coding);
      }
      ElementType type = ElementType.ofOnnx(types.get(i));
      tensors.add(
          new TensorSpec(
              names.get(i), type, Coding.values()[coding], lengths[i], rowLengths[i], refinements.get(i)));
    }
    return tensors;
  }

  private static List<SegmentSpec> readSegments(ByteReader reader) {
    int count = reader.itemCount("its number of segments", Manifest.MAX_SEGMENTS);
    List<SegmentSpec> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> inputs = readStrings(reader);
      List<String> outputs = readStrings(reader);
      int tensorCount = reader.itemCount("a segment's number of tensors", Manifest.MAX_TENSORS);
      List<Integer> tensors = new ArrayList<>();
      int next = 0;
      for (int t = 0; t < tensorCount; t++) {
        int tensor = next + reader.count("a gap of tensors", Manifest.MAX_TENSORS);
        tensors.add(tensor);
        next = tensor + 1;
      }
      long macs = reader.varint();
      long activationBytes = reader.varint();
      ByteBuffer graph = reader.slice(reader.itemCount("a graph's length", ManifestCodec.MAX_BODY));
      segments.add(new SegmentSpec(inputs, outputs, tensors, macs, activationBytes, graph));
    }
    reader.end();
    return segments;
  }

  private static List<String> readStrings(ByteReader reader) {
    int count = reader.itemCount("a number of names", 65_536);
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      strings.add(reader.string("name"));
    }
    return strings;
  }

  private static List<ChunkSpec> readChunks(ByteReader reader) {
    int count = reader.itemCount("its number of chunks", Manifest.MAX_CHUNKS);
    ByteBuffer tiers = reader.slice(count);
    ByteBuffer groups = reader.slice(count);
    int[] first = readColumn(reader, count, "a chunk's first block", BlockTable.MAX_BLOCKS);
    int[] length = readColumn(reader, count, "a chunk's number of blocks", BlockTable.MAX_BLOCKS);
    int[] size = readColumn(reader, count, "a chunk's size", ChunkSpec.MAX_BYTES);
    ByteBuffer errors = reader.slice(Math.multiplyExact(count, 2));
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (tiers.get(i) != 0) {
        throw new ElasticException(
            ElasticException.Reason.TOO_NEW, "Chunk " + i + " belongs to width tier " + tiers.get(i) + "; this version knows tier 0.");
      }
      float error = Float.intBitsToFloat(errors.getShort(2 * i) << 16);
      chunks.add(
          new ChunkSpec(reader.digest(), size[i], groups.get(i) & 0xff, first[i], first[i] + length[i], error));
    }
    reader.end();
    return chunks;
  }

  private static int[] readColumn(ByteReader reader, int count, String name, int max) {
    int[] column = new int[count];
    for (int i = 0; i < count; i++) {
      column[i] = reader.count(name, max);
    }
    return column;
  }

  private static ObjectRef readProfile(ByteReader reader) {
    ObjectRef profile = new ObjectRef(reader.digest(), reader.count("the profile's size", PackageFile.MAX_PROFILE));
    reader.end();
    return profile;
  }

  private static List<VersionDifference> readDifferences(ByteReader reader, int tensors) {
    int count = reader.itemCount("its number of differences", 64);
    List<VersionDifference> differences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Digest base = reader.digest();
      List<Integer> baseTensors = new ArrayList<>();
      for (int t = 0; t < tensors; t++) {
        baseTensors.add(reader.count("a base's tensor", Manifest.MAX_TENSORS) - 1);
      }
      int chunkCount = reader.itemCount("its number of difference chunks", Manifest.MAX_CHUNKS);
      int[] first = readColumn(reader, chunkCount, "a difference's first block", BlockTable.MAX_BLOCKS);
      int[] length = readColumn(reader, chunkCount, "a difference's number of blocks", BlockTable.MAX_BLOCKS);
      int[] size = readColumn(reader, chunkCount, "a difference's size", ChunkSpec.MAX_BYTES);
      List<DifferenceChunk> chunks = new ArrayList<>();
      for (int c = 0; c < chunkCount; c++) {
        chunks.add(new DifferenceChunk(reader.digest(), size[c], first[c], first[c] + length[c]));
      }
      differences.add(new VersionDifference(base, baseTensors, chunks));
    }
    reader.end();
    return differences;
  }

  private static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }
}
