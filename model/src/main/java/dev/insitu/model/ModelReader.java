package dev.insitu.model;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.FunctionProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.SparseTensorProto;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/**
 * Reads a model's file into a skeleton whose tensors' values stay in the file.
 *
 * <p>Each message is walked field by field: messages that lead to tensors are walked in turn, what
 * is left is copied and parsed by protobuf. So neither a tensor nor deep nesting meets protobuf's
 * own limits, and no length is believed before it is checked against the message around it.
 * Documentation strings and training graphs are skipped.
 */
final class ModelReader {

  /** Deepest nesting of graphs in graphs. */
  static final int MAX_DEPTH = 100;

  private final WireReader in;
  private final TensorReader tensors;

  /** What a message does with one of its fields: whether it took it. */
  private interface FieldReader {
    boolean take(int field, long end);
  }

  ModelReader(Path path, DataFiles files, StoredTensors stored) {
    this.in = new WireReader(files, files.add(path), WireReader.BUFFER_BYTES);
    this.tensors = new TensorReader(in, files, new ExternalData(path, files), stored);
  }

  ModelProto read() {
    ModelProto.Builder model = ModelProto.newBuilder();
    message(
        model,
        in.size(),
        (field, end) -> {
          switch (field) {
            case ModelProto.GRAPH_FIELD_NUMBER -> model.mergeGraph(graph(end, 0));
            case ModelProto.FUNCTIONS_FIELD_NUMBER -> model.addFunctions(function(end));
            case ModelProto.TRAINING_INFO_FIELD_NUMBER, ModelProto.DOC_STRING_FIELD_NUMBER ->
                in.seek(end);
            default -> {
              return false;
            }
          }
          return true;
        });
    return model.build();
  }

  private GraphProto graph(long stop, int depth) {
    if (depth > MAX_DEPTH) {
      throw new OnnxException("graphs are nested deeper than the limit of " + MAX_DEPTH);
    }
    GraphProto.Builder graph = GraphProto.newBuilder();
    message(
        graph,
        stop,
        (field, end) -> {
          switch (field) {
            case GraphProto.NODE_FIELD_NUMBER -> graph.addNode(node(end, depth));
            case GraphProto.INITIALIZER_FIELD_NUMBER -> graph.addInitializer(tensors.read(end));
            case GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER ->
                graph.addSparseInitializer(sparseTensor(end));
            case GraphProto.DOC_STRING_FIELD_NUMBER -> in.seek(end);
            default -> {
              return false;
            }
          }
          return true;
        });
    return graph.build();
  }

  private NodeProto node(long stop, int depth) {
    NodeProto.Builder node = NodeProto.newBuilder();
    message(
        node,
        stop,
        (field, end) -> {
          switch (field) {
            case NodeProto.ATTRIBUTE_FIELD_NUMBER -> node.addAttribute(attribute(end, depth));
            case NodeProto.DOC_STRING_FIELD_NUMBER -> in.seek(end);
            default -> {
              return false;
            }
          }
          return true;
        });
    return node.build();
  }

  private AttributeProto attribute(long stop, int depth) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder();
    message(
        attribute,
        stop,
        (field, end) -> {
          switch (field) {
            case AttributeProto.T_FIELD_NUMBER -> attribute.setT(tensors.read(end));
            case AttributeProto.TENSORS_FIELD_NUMBER -> attribute.addTensors(tensors.read(end));
            case AttributeProto.G_FIELD_NUMBER -> attribute.mergeG(graph(end, depth + 1));
            case AttributeProto.GRAPHS_FIELD_NUMBER -> attribute.addGraphs(graph(end, depth + 1));
            case AttributeProto.SPARSE_TENSOR_FIELD_NUMBER ->
                attribute.setSparseTensor(sparseTensor(end));
            case AttributeProto.SPARSE_TENSORS_FIELD_NUMBER ->
                attribute.addSparseTensors(sparseTensor(end));
            case AttributeProto.DOC_STRING_FIELD_NUMBER -> in.seek(end);
            default -> {
              return false;
            }
          }
          return true;
        });
    return attribute.build();
  }

  private FunctionProto function(long stop) {
    FunctionProto.Builder function = FunctionProto.newBuilder();
    message(
        function,
        stop,
        (field, end) -> {
          switch (field) {
            case FunctionProto.NODE_FIELD_NUMBER -> function.addNode(node(end, 0));
            case FunctionProto.ATTRIBUTE_PROTO_FIELD_NUMBER ->
                function.addAttributeProto(attribute(end, 0));
            case FunctionProto.DOC_STRING_FIELD_NUMBER -> in.seek(end);
            default -> {
              return false;
            }
          }
          return true;
        });
    return function.build();
  }

  private SparseTensorProto sparseTensor(long stop) {
    SparseTensorProto.Builder sparse = SparseTensorProto.newBuilder();
    message(
        sparse,
        stop,
        (field, end) -> {
          switch (field) {
            case SparseTensorProto.VALUES_FIELD_NUMBER -> sparse.setValues(tensors.read(end));
            case SparseTensorProto.INDICES_FIELD_NUMBER -> sparse.setIndices(tensors.read(end));
            default -> {
              return false;
            }
          }
          return true;
        });
    return sparse.build();
  }

  /**
   * Hands length-delimited fields to the reader; what it does not take is parsed into the builder.
   */
  private void message(MessageLite.Builder into, long stop, FieldReader reader) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (int tag = in.tag(stop); tag != 0; tag = in.tag(stop)) {
      long valueOffset = in.position();
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        long end = in.length(stop);
        if (reader.take(WireFormat.getTagFieldNumber(tag), end)) {
          continue;
        }
        in.seek(valueOffset);
      }
      in.copy(tag, stop, rest);
    }
    try {
      into.mergeFrom(rest.toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw in.malformed("after a message that protobuf refuses (" + e.getMessage() + ")");
    }
  }
}
