package dev.insitu.model;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The values left in the file. A tensor in a skeleton refers to them by a mark: it is EXTERNAL,
 * with the single entry {@code stored=number}.
 */
final class StoredTensors {

  private static final String KEY = "stored";

  private final List<WeightData> stored = new ArrayList<>();
  private long inlined;

  /** The tensor, its values left in the file. */
  TensorProto mark(TensorProto tensor, WeightData data) {
    stored.add(data);
    return marked(tensor, stored.size() - 1);
  }

  /** The tensor with another number in its mark. */
  static TensorProto marked(TensorProto tensor, int number) {
    return tensor.toBuilder()
        .clearRawData()
        .clearExternalData()
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey(KEY).setValue(Integer.toString(number)))
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .build();
  }

  /** The number in a tensor's mark, -1 if it carries its own values. */
  static int number(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        ? Integer.parseInt(tensor.getExternalData(0).getValue())
        : -1;
  }

  WeightData data(TensorProto marked) {
    return stored.get(number(marked));
  }

  /** The tensor with its values, if they are in the file. */
  TensorProto inline(TensorProto tensor) {
    if (number(tensor) < 0) {
      return tensor;
    }
    WeightData data = data(tensor);
    inlined += data.byteLength();
    if (inlined > WireReader.MAX_COPIED_BYTES) {
      throw new OnnxException(
          "attributes and sparse tensors hold more than "
              + (WireReader.MAX_COPIED_BYTES >> 20)
              + " MiB\nMaybe store the constants as initializers, which can be streamed.");
    }
    return withValues(tensor, data);
  }

  static TensorProto withValues(TensorProto tensor, WeightData data) {
    ByteBuffer bytes = ByteBuffer.allocate((int) data.byteLength());
    data.read(0, bytes);
    return tensor.toBuilder()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }
}
