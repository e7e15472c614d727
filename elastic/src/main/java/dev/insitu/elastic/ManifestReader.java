package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.Manifest.ObjectRef;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the sections of a manifest's body (format, section 5). */
final class ManifestReader {

  private static final int MAX_TAG = 1 << 20;

  private ManifestReader() {}

  static Manifest read(ByteBuffer body) {
    Map<Integer, ByteReader> sections = split(body);
    Header header = header(required(sections, SectionTag.HEADER));
    ByteReader values = required(sections, SectionTag.VALUES);
    List<ValueSpec> inputs = values(values, "the number of inputs");
    List<ValueSpec> outputs = values(values, "the number of outputs");
    values.end();
    List<TensorSpec> tensors = tensors(required(sections, SectionTag.TENSORS));
    SegmentTableReader tables = new SegmentTableReader(tensors.size());
    List<SegmentSpec> segments = tables.segments(required(sections, SectionTag.SEGMENTS));
    List<ExitSpec> exits =
        Optional.ofNullable(sections.get(SectionTag.EXITS)).map(tables::exits).orElse(List.of());
    WidthTable widths =
        Optional.ofNullable(sections.get(SectionTag.WIDTHS))
            .map(reader -> WidthTableReader.read(reader, tensors.size()))
            .orElse(WidthTable.NONE);
    ByteReader fused = required(sections, SectionTag.FUSED);
    if (segments.size() == 1 && fused.remaining() > 0) {
      throw fused.corrupt("a model of one segment has a fused graph as well");
    }
    List<ChunkSpec> chunks = ChunkTableReader.chunks(required(sections, SectionTag.CHUNKS));
    Optional<ObjectRef> profile =
        Optional.ofNullable(sections.get(SectionTag.PROFILE)).map(ManifestReader::profile);
    List<VersionDifference> differences =
        Optional.ofNullable(sections.get(SectionTag.DIFFERENCES))
            .map(reader -> ChunkTableReader.differences(reader, tensors.size()))
            .orElse(List.of());
    Optional<KeptRoot> keptRoot =
        Optional.ofNullable(sections.get(SectionTag.KEPT_ROOT)).map(ChunkTableReader::keptRoot);
    return new Manifest(
        header,
        inputs,
        outputs,
        tensors,
        segments,
        exits,
        fused.slice(fused.remaining()),
        widths,
        chunks,
        profile,
        differences,
        keptRoot);
  }

  private static Map<Integer, ByteReader> split(ByteBuffer body) {
    ByteReader reader = new ByteReader("manifest", body);
    Map<Integer, ByteReader> sections = new HashMap<>();
    int previous = 0;
    while (reader.remaining() > 0) {
      int tag = reader.count("a section's tag", MAX_TAG);
      if (tag <= previous) {
        throw reader.corrupt("section " + tag + " follows section " + previous);
      }
      previous = tag;
      ByteBuffer payload =
          reader.slice(reader.itemCount("a section's length", ManifestCodec.MAX_BODY));
      if (SectionTag.KNOWN.contains(tag)) {
        sections.put(tag, new ByteReader("manifest's section " + tag, payload));
      } else if (SectionTag.isCritical(tag)) {
        throw new ElasticException(
            ElasticException.Reason.TOO_NEW,
            "The package needs section "
                + tag
                + ", which this version does not know.\nMaybe update Insitu on this device.");
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

  private static Header header(ByteReader reader) {
    String name = reader.name("the model's name");
    String version = reader.name("the version");
    Digest root = reader.digest();
    boolean hasParent = reader.flag("has-parent");
    Optional<Digest> parent = hasParent ? Optional.of(reader.digest()) : Optional.empty();
    Digest reference = reader.digest();
    int levels = reader.count("its refinements", TensorSpec.MAX_REFINEMENTS);
    boolean retrained = reader.flag("the reference's kind");
    reader.end();
    try {
      return new Header(name, version, root, parent, reference, levels, retrained);
    } catch (ElasticException e) {
      throw new ElasticException(
          ElasticException.Reason.CORRUPT, "The manifest is corrupt: " + e.getMessage(), e);
    }
  }

  private static List<ValueSpec> values(ByteReader reader, String countName) {
    int count = reader.itemCount(countName, Manifest.MAX_VALUES);
    List<ValueSpec> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = reader.name("a value's name");
      int type = reader.u8();
      int rank = reader.count("a value's rank", ValueSpec.MAX_RANK + 1) - 1;
      List<Long> dims = new ArrayList<>(Math.max(0, rank));
      for (int d = 0; d < rank; d++) {
        dims.add(reader.varint() - 1);
      }
      values.add(new ValueSpec(name, type, dims, rank >= 0));
    }
    return values;
  }

  private static List<TensorSpec> tensors(ByteReader reader) {
    int count = reader.itemCount("the number of tensors", Manifest.MAX_TENSORS);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(reader.name("a tensor's name"));
    }
    ByteBuffer types = reader.slice(count);
    ByteBuffer codings = reader.slice(count);
    long[] lengths = new long[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = reader.varint();
    }
    int[] rowsOrGroups = new int[count];
    for (int i = 0; i < count; i++) {
      rowsOrGroups[i] = reader.count("a row's length", TensorSpec.MAX_ROW);
    }
    ByteBuffer refinements = reader.slice(count);
    reader.end();
    List<TensorSpec> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ElementType type = ElementType.ofOnnx(types.get(i) & 0xff);
      Coding coding = Coding.of(codings.get(i) & 0xff);
      boolean stated = coding == Coding.STATED;
      tensors.add(
          new TensorSpec(
              names.get(i),
              type,
              coding,
              lengths[i],
              stated ? 0 : rowsOrGroups[i],
              refinements.get(i) & 0xff,
              stated ? rowsOrGroups[i] : 0));
    }
    return tensors;
  }

  private static ObjectRef profile(ByteReader reader) {
    Digest digest = reader.digest();
    int size = reader.count("the profile's size", PackageFile.MAX_PROFILE);
    reader.end();
    return new ObjectRef(digest, size);
  }
}
