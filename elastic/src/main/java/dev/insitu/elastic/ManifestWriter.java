package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.Header;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Writes the sections of a manifest's body (format, section 5). */
final class ManifestWriter {

  private ManifestWriter() {}

  static byte[] write(Manifest manifest) {
    ByteWriter out = new ByteWriter();
    section(out, SectionTag.HEADER, w -> header(w, manifest.header()));
    section(out, SectionTag.VALUES, w -> values(values(w, manifest.inputs()), manifest.outputs()));
    section(out, SectionTag.TENSORS, w -> tensors(w, manifest.tensors()));
    section(out, SectionTag.SEGMENTS, w -> segments(w, manifest.segments()));
    section(out, SectionTag.FUSED, w -> fused(w, manifest));
    section(out, SectionTag.CHUNKS, w -> chunks(w, manifest.chunks()));
    manifest
        .profile()
        .ifPresent(profile ->
            section(
                out, SectionTag.PROFILE, w -> w.digest(profile.digest()).varint(profile.size())));
    if (!manifest.differences().isEmpty()) {
      section(out, SectionTag.DIFFERENCES, w -> differences(w, manifest.differences()));
    }
    if (!manifest.exits().isEmpty()) {
      section(out, SectionTag.EXITS, w -> exits(w, manifest.exits()));
    }
    manifest
        .keptRoot()
        .ifPresent(root -> section(out, SectionTag.KEPT_ROOT, w -> keptRoot(w, root)));
    if (!manifest.widthTable().forms().isEmpty()) {
      section(out, SectionTag.WIDTHS, w -> widths(w, manifest.widthTable()));
    }
    return out.toBytes();
  }

  private static void section(ByteWriter out, int tag, Consumer<ByteWriter> content) {
    ByteWriter payload = new ByteWriter();
    content.accept(payload);
    out.varint(tag).bytes(payload.toBytes());
  }

  private static void header(ByteWriter w, Header header) {
    w.name(header.name()).name(header.version()).digest(header.root());
    w.u8(header.parent().isPresent() ? 1 : 0);
    header.parent().ifPresent(w::digest);
    w.digest(header.reference()).varint(header.levels()).u8(header.retrained() ? 1 : 0);
  }

  private static ByteWriter values(ByteWriter w, List<ValueSpec> values) {
    w.varint(values.size());
    for (ValueSpec value : values) {
      w.name(value.name()).u8(value.onnxType());
      w.varint(value.ranked() ? value.dims().size() + 1 : 0);
      value.dims().forEach(dim -> w.varint(dim + 1));
    }
    return w;
  }

  private static void tensors(ByteWriter w, List<TensorSpec> tensors) {
    w.varint(tensors.size());
    tensors.forEach(tensor -> w.name(tensor.name()));
    tensors.forEach(tensor -> w.u8(tensor.type().onnx()));
    tensors.forEach(tensor -> w.u8(tensor.coding().number()));
    tensors.forEach(tensor -> w.varint(tensor.length()));
    tensors.forEach(tensor -> w.varint(tensor.rowLength() + tensor.stated())); // one of them is 0
    tensors.forEach(tensor -> w.u8(tensor.refinements()));
  }

  private static void segments(ByteWriter w, List<SegmentSpec> segments) {
    w.varint(segments.size());
    segments.forEach(segment -> segment(w, segment));
  }

  private static void exits(ByteWriter w, List<ExitSpec> exits) {
    w.varint(exits.size());
    exits.forEach(exit -> segment(w.varint(exit.after()), exit.head()));
  }

  private static void segment(ByteWriter w, SegmentSpec segment) {
    names(w, segment.inputs());
    names(w, segment.outputs());
    w.varint(segment.tensors().size());
    int next = 0;
    for (int tensor : segment.tensors()) {
      w.varint(tensor - next);
      next = tensor + 1;
    }
    w.varint(segment.macs()).varint(segment.activationBytes()).bytes(segment.graph());
  }

  private static void names(ByteWriter w, List<String> names) {
    w.varint(names.size());
    names.forEach(w::name);
  }

  /** A single segment's graph is the whole model's, so it is not written twice. */
  private static void fused(ByteWriter w, Manifest manifest) {
    if (manifest.segments().size() > 1) {
      ByteBuffer graph = manifest.fusedGraph();
      byte[] bytes = new byte[graph.remaining()];
      graph.get(bytes);
      w.raw(bytes);
    }
  }

  private static void widths(ByteWriter w, WidthTable table) {
    w.varint(table.axes().size());
    for (ChannelAxis axis : table.axes()) {
      w.varint(axis.size());
      Arrays.stream(axis.indices()).forEach(w::varint);
      Arrays.stream(axis.widths()).forEach(w::u8);
    }
    w.varint(table.joined().size());
    table.joined().forEach(joined -> joined(w, joined));
    w.varint(table.forms().size());
    for (WidthForm form : table.forms()) {
      w.varint(form.permille());
      segments(w, form.segments());
      exits(w, form.exits());
      w.bytes(form.fusedGraph());
    }
  }

  private static void joined(ByteWriter w, JoinedTensor joined) {
    w.varint(joined.rowAxis() + 1);
    if (joined.rowAxis() < 0) {
      w.varint(joined.plainRows());
    }
    w.varint(joined.columnAxis() + 1).varint(joined.inner()).varint(joined.parts().size());
    joined.parts().forEach(w::varint);
  }

  private static void chunks(ByteWriter w, List<ChunkSpec> chunks) {
    w.varint(chunks.size());
    chunks.forEach(chunk -> w.u8(0));
    chunks.forEach(chunk -> w.u8(chunk.group()));
    chunks.forEach(chunk -> w.varint(chunk.firstBlock()));
    chunks.forEach(chunk -> w.varint(chunk.endBlock() - chunk.firstBlock()));
    chunks.forEach(chunk -> w.varint(chunk.size()));
    chunks.forEach(chunk -> w.u16(Float.floatToRawIntBits(chunk.errorRemoved()) >>> 16));
    chunks.forEach(chunk -> w.digest(chunk.digest()));
  }

  private static void differences(ByteWriter w, List<VersionDifference> differences) {
    w.varint(differences.size());
    for (VersionDifference difference : differences) {
      w.digest(difference.base());
      difference.baseTensors().forEach(tensor -> w.varint(tensor + 1));
      differenceChunks(w, difference.chunks());
    }
  }

  private static void differenceChunks(ByteWriter w, List<DifferenceChunk> chunks) {
    w.varint(chunks.size());
    chunks.forEach(chunk -> w.varint(chunk.firstBlock()));
    chunks.forEach(chunk -> w.varint(chunk.endBlock() - chunk.firstBlock()));
    chunks.forEach(chunk -> w.varint(chunk.size()));
    chunks.forEach(chunk -> w.digest(chunk.digest()));
  }

  private static void keptRoot(ByteWriter w, KeptRoot root) {
    w.digest(root.reference()).digest(root.graph().digest()).varint(root.graph().size());
    differenceChunks(w, root.chunks());
  }
}
