package dev.insitu.model;

import com.google.protobuf.WireFormat;
import dev.insitu.model.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads one tensor's message; values of more than a few bytes stay in the file. */
final class TensorReader {

  /** Values up to this many bytes are worth less than the trouble of storing them apart. */
  static final int INLINE_BYTES = 32;

  /**
   * Indices and shapes, which a runtime wants to know when it loads a graph, stay in it up to this
   * many bytes.
   */
  static final int INLINE_INDEX_BYTES = 4096;

  private static final int MAX_RANK = 64;

  private final WireReader in;
  private final DataFiles files;
  private final ExternalData external;
  private final StoredTensors stored;

  TensorReader(WireReader in, DataFiles files, ExternalData external, StoredTensors stored) {
    this.in = in;
    this.files = files;
    this.external = external;
    this.stored = stored;
  }

  /** The tensor whose message goes on to that end. */
  TensorProto read(long end) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    TensorFields fields = new TensorFields();
    try {
      walk(end, rest, fields);
    } catch (OnnxException e) {
      throw e.in("tensor '" + parse(rest).getName() + "'");
    }
    TensorProto tensor = parse(rest);
    if (tensor.getDataType() == TensorProto.DataType.STRING_VALUE) {
      return tensor;
    }
    try {
      return place(tensor, fields);
    } catch (OnnxException e) {
      throw e.in(
          "tensor '"
              + tensor.getName()
              + "' "
              + ElementTypes.name(tensor.getDataType())
              + Dims.text(tensor.getDimsList()));
    }
  }

  private void walk(long end, ByteArrayOutputStream rest, TensorFields fields) {
    while (true) {
      long tagOffset = in.position();
      int tag = in.tag(end);
      if (tag == 0) {
        return;
      }
      if (fields.take(in, tag, tagOffset, end)) {
        continue;
      }
      switch (WireFormat.getTagFieldNumber(tag)) {
        case TensorProto.DOC_STRING_FIELD_NUMBER, TensorProto.METADATA_PROPS_FIELD_NUMBER ->
            in.skip(tag, end);
        default -> in.copy(tag, end, rest);
      }
    }
  }

  private static TensorProto parse(ByteArrayOutputStream bytes) {
    try {
      return TensorProto.parseFrom(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TensorProto place(TensorProto tensor, TensorFields fields) {
    if (tensor.getDimsCount() > MAX_RANK) {
      throw new OnnxException(tensor.getDimsCount() + " dimensions; the limit is " + MAX_RANK);
    }
    int type = tensor.getDataType();
    long elements = ElementTypes.elements(Dims.of(tensor.getDimsList()));
    WeightData data =
        tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
            ? external.find(tensor.getExternalDataList(), ElementTypes.byteLength(type, elements))
            : fields.data(in, files, type, elements);
    int limit = type == TensorProto.DataType.INT64_VALUE ? INLINE_INDEX_BYTES : INLINE_BYTES;
    return data.byteLength() <= limit
        ? StoredTensors.withValues(tensor, data)
        : stored.mark(tensor.toBuilder().clearExternalData().build(), data);
  }
}
