package dev.insitu.benchmarks.models;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.insitu.benchmarks.models.FileLayout.PlacedTensor;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a model's files as their weights are made; holds a few hundred KiB, however large the
 * model.
 */
final class ModelWriter {
  private static final int BUFFER_BYTES = 1 << 18;

  private final ModelPlan plan;
  private final FileLayout layout;
  private final ValueStream values;

  ModelWriter(ModelPlan plan, FileLayout layout) {
    this.plan = plan;
    this.layout = layout;
    this.values = new ValueStream(plan.spec().weights(), plan.spec().seed());
  }

  void writeModel(Path file) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file)) {
      CodedOutputStream out = CodedOutputStream.newInstance(stream, BUFFER_BYTES);
      writeHead(out);
      for (PlacedTensor tensor : layout.tensors()) {
        writeTensor(out, tensor);
      }
      plan.ends().writeTo(out);
      layout.after().writeTo(out);
      out.flush();
    }
  }

  /** The model up to its first tensor: the spec it was made for, and all nodes. */
  void writeHead(CodedOutputStream out) throws IOException {
    layout.before().writeTo(out);
    startField(out, ModelProto.GRAPH_FIELD_NUMBER, layout.graphBytes());
    plan.nodes().writeTo(out);
  }

  void writeData(Path file) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file)) {
      CodedOutputStream out = CodedOutputStream.newInstance(stream, BUFFER_BYTES);
      long position = 0;
      for (PlacedTensor tensor : layout.tensors()) {
        if (tensor.isExternal()) {
          out.writeRawBytes(new byte[Math.toIntExact(tensor.offset() - position)]);
          values.write(tensor.spec(), out);
          position = tensor.offset() + tensor.spec().bytes();
        }
      }
      out.flush();
    }
  }

  private void writeTensor(CodedOutputStream out, PlacedTensor tensor) throws IOException {
    startField(out, GraphProto.INITIALIZER_FIELD_NUMBER, tensor.messageBytes());
    tensor.header().writeTo(out);
    if (!tensor.isExternal()) {
      startField(out, TensorProto.RAW_DATA_FIELD_NUMBER, tensor.spec().bytes());
      values.write(tensor.spec(), out);
    }
  }

  private static void startField(CodedOutputStream out, int number, long length)
      throws IOException {
    out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt64NoTag(length);
  }
}
