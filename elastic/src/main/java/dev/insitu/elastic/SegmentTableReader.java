package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the sections of segments and exits, which share limits (format, section 5). */
final class SegmentTableReader {

  private final int tensorCount;
  private int namesLeft = Manifest.MAX_SEGMENT_NAMES;
  private int usesLeft;

  SegmentTableReader(int tensorCount) {
    this.tensorCount = tensorCount;
    this.usesLeft = SegmentRules.mostUses(tensorCount);
  }

  List<SegmentSpec> segments(ByteReader reader) {
    List<SegmentSpec> segments = segmentList(reader);
    reader.end();
    return segments;
  }

  /** Segments with something after them. */
  List<SegmentSpec> segmentList(ByteReader reader) {
    int count = reader.itemCount("the number of segments", Manifest.MAX_SEGMENTS);
    List<SegmentSpec> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      segments.add(segment(reader));
    }
    return segments;
  }

  List<ExitSpec> exits(ByteReader reader) {
    List<ExitSpec> exits = exitList(reader);
    if (exits.isEmpty()) {
      throw reader.corrupt("it is there without an exit");
    }
    reader.end();
    return exits;
  }

  /** Exits with something after them; there may be none. */
  List<ExitSpec> exitList(ByteReader reader) {
    int count = reader.itemCount("the number of exits", Manifest.MAX_SEGMENTS);
    List<ExitSpec> exits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int after = reader.count("an exit's segment", Manifest.MAX_SEGMENTS - 1);
      exits.add(new ExitSpec(after, segment(reader)));
    }
    return exits;
  }

  private SegmentSpec segment(ByteReader reader) {
    List<String> inputs = names(reader);
    List<String> outputs = names(reader);
    List<Integer> tensors = tensorNumbers(reader);
    long macs = reader.varint();
    long activationBytes = reader.varint();
    ByteBuffer graph = reader.slice(reader.itemCount("a graph's length", ManifestCodec.MAX_BODY));
    return new SegmentSpec(inputs, outputs, tensors, macs, activationBytes, graph);
  }

  private List<Integer> tensorNumbers(ByteReader reader) {
    int count = reader.itemCount("a segment's number of tensors", Math.min(tensorCount, usesLeft));
    usesLeft -= count;
    List<Integer> tensors = new ArrayList<>(count);
    int next = 0;
    for (int i = 0; i < count; i++) {
      int tensor = next + reader.count("a gap of tensors", Manifest.MAX_TENSORS);
      if (tensor >= tensorCount) {
        throw reader.corrupt("a segment refers to tensor " + tensor + " of " + tensorCount);
      }
      tensors.add(tensor);
      next = tensor + 1;
    }
    return tensors;
  }

  private List<String> names(ByteReader reader) {
    int count = reader.itemCount("a segment's number of values", namesLeft);
    namesLeft -= count;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(reader.name("a value's name"));
    }
    return names;
  }
}
