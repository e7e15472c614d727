package dev.insitu.benchmarks.models;

import com.google.protobuf.CodedOutputStream;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import java.util.ArrayList;
import java.util.List;

/**
 * Where everything lies in the files of a model, known before a single weight is made. The model's
 * file has the very bytes protobuf would write: fields in the order of their numbers.
 *
 * @param before the model's fields before the graph
 * @param graphBytes length of the graph's message
 * @param tensors the initializers, in order
 * @param after the model's fields after the graph
 * @param modelBytes length of the model's file
 * @param dataBytes length of the external data file, 0 if there is none
 */
record FileLayout(
    ModelProto before,
    long graphBytes,
    List<PlacedTensor> tensors,
    ModelProto after,
    long modelBytes,
    long dataBytes) {

  /** Changes whenever the same spec gives other bytes. */
  private static final int GENERATOR_VERSION = 1;

  /** A page, so that ONNX Runtime can map the weights. */
  private static final long ALIGNMENT = 4096;

  private static final int LEAST_EXTERNAL_BYTES = 1024;
  private static final int TAG_BYTES = 1;

  /**
   * A tensor and its place.
   *
   * @param header the message without its bytes
   * @param offset of the bytes in the data file, -1 if they are in the message
   */
  record PlacedTensor(TensorSpec spec, TensorProto header, long offset) {

    boolean isExternal() {
      return offset >= 0;
    }

    /** Length of the whole message. */
    long messageBytes() {
      return header.getSerializedSize() + (isExternal() ? 0 : fieldBytes(spec.bytes()));
    }
  }

  /**
   * Places a model's tensors.
   *
   * @param dataFile name of the external data file, used only if the spec asks for one
   * @throws IllegalArgumentException if one file would have to hold 2 GiB or more
   */
  static FileLayout of(ModelPlan plan, String dataFile) {
    List<PlacedTensor> tensors = new ArrayList<>();
    long graphBytes = (long) plan.nodes().getSerializedSize() + plan.ends().getSerializedSize();
    long dataBytes = 0;
    for (TensorSpec spec : plan.tensors()) {
      boolean external = plan.spec().external() && spec.bytes() >= LEAST_EXTERNAL_BYTES;
      long offset = external ? align(dataBytes) : -1;
      PlacedTensor tensor = new PlacedTensor(spec, header(spec, offset, dataFile), offset);
      dataBytes = external ? offset + spec.bytes() : dataBytes;
      graphBytes += fieldBytes(tensor.messageBytes());
      tensors.add(tensor);
    }
    ModelProto before = before(plan.spec());
    ModelProto after = after(plan.spec());
    long modelBytes =
        fieldBytes(graphBytes) + before.getSerializedSize() + after.getSerializedSize();
    if (modelBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the model's file would have %d bytes, over protobuf's %d\nMaybe with external data."
              .formatted(modelBytes, Integer.MAX_VALUE));
    }
    return new FileLayout(before, graphBytes, List.copyOf(tensors), after, modelBytes, dataBytes);
  }

  private static ModelProto before(ModelSpec spec) {
    return ModelProto.newBuilder()
        .setIrVersion(spec.irVersion())
        .setProducerName("insitu-benchmarks")
        .setProducerVersion(Integer.toString(GENERATOR_VERSION))
        .setDocString("Random weights, nothing was trained. " + spec)
        .build();
  }

  private static ModelProto after(ModelSpec spec) {
    return ModelProto.newBuilder()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(spec.opset()))
        .build();
  }

  private static TensorProto header(TensorSpec spec, long offset, String dataFile) {
    TensorProto.Builder header =
        TensorProto.newBuilder()
            .addAllDims(spec.dims())
            .setDataType(spec.onnxType())
            .setName(spec.name());
    if (offset >= 0) {
      header
          .addExternalData(entry("location", dataFile))
          .addExternalData(entry("offset", Long.toString(offset)))
          .addExternalData(entry("length", Long.toString(spec.bytes())))
          .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    }
    return header.build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** Length of a field with a number below 16 that holds {@code length} bytes. */
  private static long fieldBytes(long length) {
    return TAG_BYTES + CodedOutputStream.computeUInt64SizeNoTag(length) + length;
  }

  private static long align(long position) {
    return Math.ceilDiv(position, ALIGNMENT) * ALIGNMENT;
  }
}
