package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the section of widths in a manifest's body (format, section 5). */
final class WidthTableReader {

  private final ByteReader reader;
  private final int tensorCount;
  private int indicesLeft = WidthTable.MAX_INDICES;

  private WidthTableReader(ByteReader reader, int tensorCount) {
    this.reader = reader;
    this.tensorCount = tensorCount;
  }

  static WidthTable read(ByteReader reader, int tensorCount) {
    WidthTable table = new WidthTableReader(reader, tensorCount).table();
    reader.end();
    return table;
  }

  private WidthTable table() {
    int axisCount = reader.itemCount("the number of axes", indicesLeft);
    List<ChannelAxis> axes = new ArrayList<>();
    for (int i = 0; i < axisCount; i++) {
      axes.add(axis());
    }
    int joinedCount = reader.itemCount("the number of joined tensors", WidthTable.MAX_JOINED);
    List<JoinedTensor> joined = new ArrayList<>();
    for (int i = 0; i < joinedCount; i++) {
      joined.add(joined(axisCount));
    }
    int formCount = reader.itemCount("the number of widths", WidthTable.MAX_FORMS);
    if (formCount == 0) {
      throw reader.corrupt("it is there without a width");
    }
    List<WidthForm> forms = new ArrayList<>();
    for (int i = 0; i < formCount; i++) {
      forms.add(form());
    }
    return new WidthTable(axes, joined, forms);
  }

  private ChannelAxis axis() {
    int size = reader.itemCount("an axis's number of indices", indicesLeft);
    indicesLeft -= size;
    int[] indices = new int[size];
    for (int i = 0; i < size; i++) {
      indices[i] = reader.count("an index", WidthTable.MAX_INDICES);
    }
    int[] widths = new int[size];
    for (int i = 0; i < size; i++) {
      widths[i] = reader.u8();
    }
    return new ChannelAxis(indices, widths);
  }

  private JoinedTensor joined(int axisCount) {
    int rowAxis = reader.count("an axis of rows", axisCount) - 1;
    int plainRows = rowAxis < 0 ? reader.count("a number of rows", Integer.MAX_VALUE) : 0;
    int columnAxis = reader.count("an axis of columns", axisCount) - 1;
    int inner = reader.count("a number of elements", Integer.MAX_VALUE);
    int count = reader.itemCount("a number of parts", 2 * WidthTable.MAX_FORMS + 1);
    List<Integer> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(reader.count("a part's tensor", Manifest.MAX_TENSORS));
    }
    return new JoinedTensor(rowAxis, plainRows, columnAxis, inner, parts);
  }

  private WidthForm form() {
    int permille = reader.count("a width", WidthForm.WHOLE_PERMILLE);
    SegmentTableReader tables = new SegmentTableReader(tensorCount);
    List<SegmentSpec> segments = tables.segmentList(reader);
    List<ExitSpec> exits = tables.exitList(reader);
    ByteBuffer fused = reader.slice(reader.itemCount("a graph's length", ManifestCodec.MAX_BODY));
    if (segments.size() == 1 && fused.remaining() > 0) {
      throw reader.corrupt("a form of one segment has a fused graph as well");
    }
    return new WidthForm(permille, segments, exits, fused);
  }
}
