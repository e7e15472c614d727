package dev.insitu.model;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.TensorProto;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Turns a graph whose weights are elsewhere into an ordinary ONNX file, the weights streamed. */
public final class PlainOnnx {

  /** Protobuf's limit on one message. */
  private static final long MAX_FILE_BYTES = Integer.MAX_VALUE;

  private static final int RECURSION_LIMIT = 4 * ModelReader.MAX_DEPTH;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int ALIGNMENT = 4096;

  private PlainOnnx() {}

  /**
   * Writes the file; an existing one is replaced when the new one is complete. A model of 2 GiB or
   * more gets its weights beside it, in a file of the same name with {@code .data} after it.
   *
   * @param graph a serialized ModelProto, as {@link SegmentGraphs} makes it
   * @param weights the weight file that the graph refers to
   * @throws OnnxException if the graph is damaged or the file cannot be written
   */
  public static void write(byte[] graph, WeightStore weights, Path out) {
    write(graph, weights, out, MAX_FILE_BYTES);
  }

  static void write(byte[] graph, WeightStore weights, Path out, long maxFileBytes) {
    try {
      ModelProto model = parse(graph);
      Message message = new Message(model);
      if (message.bytes() <= maxFileBytes) {
        replace(out, channel -> message.writeTo(channel, weights));
        return;
      }
      Path data = out.resolveSibling(out.getFileName() + ".data");
      ModelProto moved = moved(model, data.getFileName().toString());
      replace(data, channel -> writeData(model, weights, channel));
      replace(out, channel -> writeAll(channel, ByteBuffer.wrap(moved.toByteArray())));
    } catch (IOException e) {
      throw new OnnxException(out + " cannot be written: " + e + "\nMaybe the disk is full.", e);
    }
  }

  static ModelProto parse(byte[] graph) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(graph);
      in.setRecursionLimit(RECURSION_LIMIT);
      return ModelProto.parseFrom(in);
    } catch (IOException e) {
      throw new OnnxException("the graph is damaged: " + e.getMessage(), e);
    }
  }

  private interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  private static void replace(Path out, Content content) throws IOException {
    Path part = out.resolveSibling(out.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      try (FileChannel channel =
          FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
      }
      Files.move(part, out, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private static long entry(TensorProto tensor, String key) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .mapToLong(entry -> Long.parseLong(entry.getValue()))
        .findFirst()
        .orElse(0);
  }

  private static void copy(
      WeightStore weights, long offset, long length, FileChannel channel, ByteBuffer buffer)
      throws IOException {
    for (long done = 0; done < length; done += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
      weights.read(offset + done, buffer);
      writeAll(channel, buffer.flip());
    }
  }

  /**
   * The model with its weights at their places in one external data file, in the order of its
   * initializers.
   */
  private static ModelProto moved(ModelProto model, String location) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    long offset = 0;
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      if (isExternal(tensor)) {
        long length = entry(tensor, "length");
        graph.setInitializer(
            i,
            tensor.toBuilder()
                .clearExternalData()
                .addExternalData(GraphWriter.entry("location", location))
                .addExternalData(GraphWriter.entry("offset", Long.toString(offset)))
                .addExternalData(GraphWriter.entry("length", Long.toString(length))));
        offset = aligned(offset + length);
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private static long aligned(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static void writeData(ModelProto model, WeightStore weights, FileChannel channel)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long offset = 0;
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (isExternal(tensor)) {
        long length = entry(tensor, "length");
        channel.position(offset);
        copy(weights, entry(tensor, "offset"), length, channel, buffer);
        offset = aligned(offset + length);
      }
    }
  }

  /** The one-file form: everything but the weights as protobuf writes it, the weights between. */
  private static final class Message {

    private final ModelProto rest;
    private final GraphProto graphRest;
    private final List<TensorProto> weights = new ArrayList<>();
    private final List<TensorProto> headers = new ArrayList<>();
    private long graphBytes;

    Message(ModelProto model) {
      rest = model.toBuilder().clearGraph().build();
      GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer();
      for (TensorProto tensor : model.getGraph().getInitializerList()) {
        if (isExternal(tensor)) {
          TensorProto header = tensor.toBuilder().clearExternalData().clearDataLocation().build();
          weights.add(tensor);
          headers.add(header);
          graphBytes += sizeOf(tensorBytes(header, entry(tensor, "length")));
        } else {
          graph.addInitializer(tensor);
        }
      }
      graphRest = graph.build();
      graphBytes += graphRest.getSerializedSize();
    }

    long bytes() {
      return rest.getSerializedSize() + sizeOf(graphBytes);
    }

    /** Bytes of a field with a one-byte tag and that much content. */
    private static long sizeOf(long content) {
      return 1 + CodedOutputStream.computeUInt64SizeNoTag(content) + content;
    }

    private static long tensorBytes(TensorProto header, long dataBytes) {
      return header.getSerializedSize() + sizeOf(dataBytes);
    }

    void writeTo(FileChannel channel, WeightStore store) throws IOException {
      OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel));
      CodedOutputStream out = CodedOutputStream.newInstance(stream);
      rest.writeTo(out);
      tag(out, ModelProto.GRAPH_FIELD_NUMBER, graphBytes);
      graphRest.writeTo(out);
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      for (int i = 0; i < weights.size(); i++) {
        long length = entry(weights.get(i), "length");
        tag(out, GraphProto.INITIALIZER_FIELD_NUMBER, tensorBytes(headers.get(i), length));
        headers.get(i).writeTo(out);
        tag(out, TensorProto.RAW_DATA_FIELD_NUMBER, length);
        out.flush();
        stream.flush();
        copy(store, entry(weights.get(i), "offset"), length, channel, buffer);
      }
      out.flush();
      stream.flush();
    }

    private static void tag(CodedOutputStream out, int field, long length) throws IOException {
      out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt64NoTag(length);
    }
  }
}
