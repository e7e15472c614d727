package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the section of narrower forms in a manifest's body (format, section 5). */
final class WidthTableReader {

  private final ByteReader reader;
  private final int tensorCount;
  private int channelsLeft = WidthTable.MAX_CHANNELS;

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
    int groups = reader.itemCount("the number of channel groups", channelsLeft);
    List<ChannelOrder> orders = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      orders.add(order());
    }
    int count = reader.itemCount("the number of widths", WidthTable.MAX_FORMS);
    if (count == 0) {
      throw reader.corrupt("it is there without a width");
    }
    List<WidthForm> forms = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      forms.add(form(groups));
    }
    return new WidthTable(orders, forms);
  }

  private ChannelOrder order() {
    int size = reader.itemCount("a group's number of channels", channelsLeft);
    channelsLeft -= size;
    return new ChannelOrder(numbers(size, "a channel"));
  }

  private WidthForm form(int groups) {
    int permille = reader.count("a width", WidthForm.WHOLE_PERMILLE);
    List<Integer> kept = numbers(groups, "a number of channels kept");
    SegmentTableReader tables = new SegmentTableReader(tensorCount);
    List<SegmentSpec> segments = tables.segmentList(reader);
    List<ExitSpec> exits = tables.exitList(reader);
    ByteBuffer fused = reader.slice(reader.itemCount("a graph's length", ManifestCodec.MAX_BODY));
    if (segments.size() == 1 && fused.remaining() > 0) {
      throw reader.corrupt("a form of one segment has a fused graph as well");
    }
    return new WidthForm(permille, kept, segments, exits, fused);
  }

  private List<Integer> numbers(int count, String name) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(reader.count(name, WidthTable.MAX_CHANNELS));
    }
    return numbers;
  }
}
