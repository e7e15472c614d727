package dev.insitu.model;

import com.google.protobuf.WireFormat;
import dev.insitu.model.proto.TensorProto;
import java.util.ArrayList;
import java.util.List;

/** Where a tensor's values lie in the file, gathered while its message is walked. */
final class TensorFields {

  private static final int MAX_RUNS = 1024;

  private long rawOffset = -1;
  private long rawLength;
  private int listField;
  private final List<TypedData.Run> runs = new ArrayList<>();
  private long unpackedEntries;

  /** Whether the field holds values; then it is walked over. */
  boolean take(WireReader in, int tag, long tagOffset, long end) {
    int wireType = WireFormat.getTagWireType(tag);
    int field = WireFormat.getTagFieldNumber(tag);
    switch (field) {
      case TensorProto.RAW_DATA_FIELD_NUMBER -> {
        if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          return false;
        }
        long stop = in.length(end);
        rawOffset = in.position();
        rawLength = stop - rawOffset;
        in.seek(stop);
      }
      case TensorProto.FLOAT_DATA_FIELD_NUMBER,
          TensorProto.INT32_DATA_FIELD_NUMBER,
          TensorProto.INT64_DATA_FIELD_NUMBER,
          TensorProto.DOUBLE_DATA_FIELD_NUMBER,
          TensorProto.UINT64_DATA_FIELD_NUMBER ->
          takeList(in, tag, tagOffset, end);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void takeList(WireReader in, int tag, long tagOffset, long end) {
    int field = WireFormat.getTagFieldNumber(tag);
    if (listField != 0 && listField != field) {
      throw new OnnxException("values in two lists, fields " + listField + " and " + field);
    }
    listField = field;
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      long stop = in.length(end);
      add(new TypedData.Run(in.position(), stop, true));
      in.seek(stop);
      return;
    }
    in.skip(tag, end);
    unpackedEntries++;
    TypedData.Run last = runs.isEmpty() ? null : runs.getLast();
    if (last != null && !last.packed() && last.end() == tagOffset) {
      runs.removeLast();
      runs.add(new TypedData.Run(last.offset(), in.position(), false));
    } else {
      add(new TypedData.Run(tagOffset, in.position(), false));
    }
  }

  private void add(TypedData.Run run) {
    if (run.offset() == run.end()) {
      return;
    }
    if (runs.size() == MAX_RUNS) {
      throw new OnnxException("values in more than " + MAX_RUNS + " pieces");
    }
    runs.add(run);
  }

  /**
   * The values that were found.
   *
   * @param elementType the tensor's type
   * @param elements the number of elements its shape asks for
   */
  WeightData data(WireReader in, DataFiles files, int elementType, long elements) {
    long needed = ElementTypes.byteLength(elementType, elements);
    if (rawOffset >= 0) {
      checkLength(rawLength, needed);
      return new RangeData(files, in.file(), rawOffset, rawLength);
    }
    if (listField != 0 && listField != expectedField(elementType)) {
      throw new OnnxException(
          ElementTypes.name(elementType)
              + " values in field "
              + listField
              + " instead of field "
              + expectedField(elementType));
    }
    TypedData.Encoding encoding = encoding(listField);
    int entryBytes = entryBytes(elementType);
    long entries = entries(in, encoding);
    checkLength(Math.multiplyExact(entries, entryBytes), needed);
    if (runs.size() == 1
        && runs.get(0).packed()
        && encoding != TypedData.Encoding.VARINT
        && entryBytes == size(encoding)) {
      return new RangeData(files, in.file(), runs.get(0).offset(), needed);
    }
    return new TypedData(files, in.file(), runs, encoding, entryBytes, entries);
  }

  private long entries(WireReader in, TypedData.Encoding encoding) {
    long back = in.position();
    long entries = unpackedEntries;
    for (TypedData.Run run : runs) {
      if (!run.packed()) {
        continue;
      }
      long bytes = run.end() - run.offset();
      if (encoding == TypedData.Encoding.VARINT) {
        entries += in.countVarints(run.offset(), run.end());
      } else if (bytes % size(encoding) == 0) {
        entries += bytes / size(encoding);
      } else {
        throw new OnnxException("a list of " + bytes + " bytes of values of " + size(encoding));
      }
    }
    in.seek(back);
    return entries;
  }

  private static void checkLength(long found, long needed) {
    if (found != needed) {
      throw new OnnxException("data of " + found + " bytes where its shape needs " + needed);
    }
  }

  private static int size(TypedData.Encoding encoding) {
    return encoding == TypedData.Encoding.FIXED64 ? 8 : 4;
  }

  private static TypedData.Encoding encoding(int field) {
    return switch (field) {
      case TensorProto.FLOAT_DATA_FIELD_NUMBER -> TypedData.Encoding.FIXED32;
      case TensorProto.DOUBLE_DATA_FIELD_NUMBER -> TypedData.Encoding.FIXED64;
      default -> TypedData.Encoding.VARINT;
    };
  }

  private static int expectedField(int elementType) {
    return switch (elementType) {
      case TensorProto.DataType.FLOAT_VALUE, TensorProto.DataType.COMPLEX64_VALUE ->
          TensorProto.FLOAT_DATA_FIELD_NUMBER;
      case TensorProto.DataType.DOUBLE_VALUE, TensorProto.DataType.COMPLEX128_VALUE ->
          TensorProto.DOUBLE_DATA_FIELD_NUMBER;
      case TensorProto.DataType.INT64_VALUE -> TensorProto.INT64_DATA_FIELD_NUMBER;
      case TensorProto.DataType.UINT32_VALUE, TensorProto.DataType.UINT64_VALUE ->
          TensorProto.UINT64_DATA_FIELD_NUMBER;
      default -> TensorProto.INT32_DATA_FIELD_NUMBER;
    };
  }

  /** Complex numbers take two entries; elements below eight bits share one, of one byte. */
  private static int entryBytes(int elementType) {
    return switch (elementType) {
      case TensorProto.DataType.COMPLEX64_VALUE -> 4;
      case TensorProto.DataType.COMPLEX128_VALUE -> 8;
      case TensorProto.DataType.FLOAT6E2M3_VALUE, TensorProto.DataType.FLOAT6E3M2_VALUE ->
          throw new OnnxException(
              ElementTypes.name(elementType) + " values as a list\nMaybe store them as raw_data.");
      default -> Math.max(1, ElementTypes.bits(elementType) / 8);
    };
  }
}
