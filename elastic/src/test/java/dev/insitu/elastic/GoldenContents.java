package dev.insitu.elastic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.ChunkDecoder;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a package holds, as JSON, down to the digests of the weights at every level. */
final class GoldenContents {

  private final PackageFile file;
  private final Manifest manifest;
  private final JsonGenerator json;

  private GoldenContents(PackageFile file, JsonGenerator json) {
    this.file = file;
    this.manifest = file.manifest();
    this.json = json;
  }

  static String describe(Path path) throws IOException {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try (PackageFile file = PackageFile.open(path, Trust.anybody());
        JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setPrettyPrinter(printer);
      new GoldenContents(file, json).write();
    }
    return text + "\n";
  }

  private void write() throws IOException {
    json.writeStartObject();
    json.writeStringField("digest", file.digest().hex());
    header(manifest.header());
    strings("signedBy", file.signatures().stream().map(Signed::key).map(key -> key.hex()).toList());
    values("inputs", manifest.inputs());
    values("outputs", manifest.outputs());
    tensors();
    json.writeArrayFieldStart("segments");
    for (SegmentSpec segment : manifest.segments()) {
      segment(segment);
    }
    json.writeEndArray();
    if (!manifest.exits().isEmpty()) {
      exits(manifest);
      json.writeNumberField("answeringDepth", file.present().answeringDepth());
    }
    if (!manifest.widthTable().forms().isEmpty()) {
      widths();
    }
    json.writeStringField("fusedGraph", Digest.sha256(manifest.fusedGraph()).hex());
    json.writeStringField("profile", Digest.sha256(file.profile()).hex());
    json.writeNumberField("chunksPresent", file.chunksPresent());
    json.writeNumberField("runnableSegments", file.present().runnableSegments());
    chunks();
    differences();
    if (manifest.keptRoot().isPresent()) {
      keptRoot(manifest.keptRoot().get());
    }
    json.writeObjectFieldStart("sha256OfAllValues");
    if (file.chunksPresent() == manifest.chunks().size()) {
      for (int group = 0; group <= manifest.levels(); group++) {
        json.writeStringField("group" + group, Digest.sha256(rebuild(file, group)).hex());
      }
      json.writeStringField("lossless", Digest.sha256(lossless(file)).hex());
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void header(Manifest.Header header) throws IOException {
    json.writeStringField("name", header.name());
    json.writeStringField("version", header.version());
    json.writeStringField("root", header.root().hex());
    json.writeStringField("parent", header.parent().map(Digest::hex).orElse(""));
    json.writeStringField("reference", header.reference().hex());
    json.writeNumberField("levels", header.levels());
    json.writeBooleanField("retrained", header.retrained());
  }

  private void values(String name, List<ValueSpec> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (ValueSpec value : values) {
      json.writeStartObject();
      json.writeStringField("name", value.name());
      json.writeNumberField("onnxType", value.onnxType());
      json.writeStringField("dims", value.ranked() ? value.dims().toString() : "unknown");
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void tensors() throws IOException {
    json.writeArrayFieldStart("tensors");
    for (int i = 0; i < manifest.tensors().size(); i++) {
      TensorSpec tensor = manifest.tensors().get(i);
      json.writeStartObject();
      json.writeStringField("name", tensor.name());
      json.writeStringField("type", tensor.type().name());
      json.writeStringField("coding", tensor.coding().name());
      json.writeNumberField("length", tensor.length());
      json.writeNumberField("rowLength", tensor.rowLength());
      json.writeNumberField("refinements", tensor.refinements());
      json.writeNumberField("firstBlock", manifest.blocks().firstBlock(i));
      json.writeNumberField("offset", manifest.blocks().offset(i));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void widths() throws IOException {
    json.writeArrayFieldStart("axes");
    for (ChannelAxis axis : manifest.widthTable().axes()) {
      json.writeString(axis.toString());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("joined");
    for (JoinedTensor joined : manifest.widthTable().joined()) {
      json.writeString(joined.toString());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("widths");
    for (int width = 0; width < manifest.widths().size() - 1; width++) {
      Manifest view = manifest.atWidth(width);
      json.writeStartObject();
      json.writeNumberField("share", view.share());
      json.writeArrayFieldStart("segments");
      for (SegmentSpec segment : view.segments()) {
        segment(segment);
      }
      json.writeEndArray();
      exits(view);
      json.writeStringField("fusedGraph", Digest.sha256(view.fusedGraph()).hex());
      json.writeNumberField("chunkBytes", view.chunkBytes());
      json.writeNumberField("weightFileBytes", view.layout().bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void exits(Manifest view) throws IOException {
    json.writeArrayFieldStart("exits");
    for (ExitSpec exit : view.exits()) {
      json.writeStartObject();
      json.writeNumberField("after", exit.after());
      json.writeFieldName("head");
      segment(exit.head());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void segment(SegmentSpec segment) throws IOException {
    json.writeStartObject();
    strings("inputs", segment.inputs());
    strings("outputs", segment.outputs());
    json.writeStringField("tensors", segment.tensors().toString());
    json.writeNumberField("macs", segment.macs());
    json.writeNumberField("activationBytes", segment.activationBytes());
    json.writeStringField("graph", Digest.sha256(segment.graph()).hex());
    json.writeEndObject();
  }

  private void chunks() throws IOException {
    json.writeArrayFieldStart("chunks");
    for (int i = 0; i < manifest.chunks().size(); i++) {
      ChunkSpec chunk = manifest.chunks().get(i);
      json.writeStartObject();
      json.writeStringField("digest", chunk.digest().hex());
      json.writeNumberField("size", chunk.size());
      json.writeNumberField("group", chunk.group());
      json.writeStringField("blocks", chunk.firstBlock() + " to " + chunk.endBlock());
      json.writeStringField("errorRemoved", Float.toHexString(chunk.errorRemoved()));
      json.writeStringField("needs", java.util.Arrays.toString(manifest.lattice().needs(i)));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void differences() throws IOException {
    json.writeArrayFieldStart("differences");
    for (VersionDifference difference : manifest.differences()) {
      json.writeStartObject();
      json.writeStringField("base", difference.base().hex());
      json.writeStringField("baseTensors", difference.baseTensors().toString());
      differenceChunks(difference.chunks());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void differenceChunks(List<DifferenceChunk> chunks) throws IOException {
    for (DifferenceChunk chunk : chunks) {
      json.writeStringField(
          "blocks " + chunk.firstBlock() + " to " + chunk.endBlock(),
          chunk.digest().hex() + " of " + chunk.size());
    }
  }

  private void keptRoot(KeptRoot root) throws IOException {
    json.writeObjectFieldStart("keptRoot");
    json.writeStringField("reference", root.reference().hex());
    json.writeStringField("graph", root.graph().digest().hex() + " of " + root.graph().size());
    differenceChunks(root.chunks());
    json.writeEndObject();
  }

  private void strings(String name, List<String> strings) throws IOException {
    json.writeArrayFieldStart(name);
    for (String string : strings) {
      json.writeString(string);
    }
    json.writeEndArray();
  }

  /** The values of all tensors, without padding, from the groups up to one. */
  private static byte[] rebuild(PackageFile file, int group) throws IOException {
    List<BlockState> states = decoded(file, group);
    ByteWriter all = new ByteWriter();
    for (BlockState state : states) {
      byte[] values = new byte[state.block().byteLength()];
      state.rebuild(ByteBuffer.wrap(values), 0);
      all.raw(values);
    }
    return all.toBytes();
  }

  /** The reference values of all tensors, without padding. */
  static byte[] lossless(PackageFile file) throws IOException {
    Manifest manifest = file.manifest();
    List<BlockState> states = decoded(file, manifest.levels());
    List<byte[]> values = new ArrayList<>();
    for (BlockState state : states) {
      byte[] block = new byte[state.block().byteLength()];
      state.rebuild(ByteBuffer.wrap(block), 0);
      values.add(block);
    }
    for (int chunk : manifest.lattice().chunksOf(manifest.losslessGroup())) {
      ChunkDecoder.decodeLossless(
          manifest.levels(),
          of(states, manifest, chunk),
          read(file, chunk),
          state -> ByteBuffer.wrap(values.get(state.block().index())));
    }
    ByteWriter all = new ByteWriter();
    values.forEach(all::raw);
    return all.toBytes();
  }

  private static List<BlockState> decoded(PackageFile file, int group) throws IOException {
    Manifest manifest = file.manifest();
    List<BlockState> states = new ArrayList<>();
    for (int block = 0; block < manifest.blocks().blockCount(); block++) {
      states.add(new BlockState(manifest.blocks().block(block), manifest.levels()));
    }
    for (int g = 0; g <= group; g++) {
      for (int chunk : manifest.lattice().chunksOf(g)) {
        ChunkDecoder.decode(g, manifest.levels(), of(states, manifest, chunk), read(file, chunk));
      }
    }
    return states;
  }

  private static List<BlockState> of(List<BlockState> states, Manifest manifest, int chunk) {
    return manifest.lattice().blocksOf(chunk).stream()
        .map(block -> states.get(block.index()))
        .toList();
  }

  private static ByteBuffer read(PackageFile file, int chunk) throws IOException {
    ChunkSpec spec = file.manifest().chunks().get(chunk);
    return file.read(spec.digest(), spec.size());
  }
}
