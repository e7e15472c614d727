package dev.insitu.train;

import dev.insitu.model.OnnxException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.PlainOnnx;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightStore;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a model's file with other values of its parameters. */
final class GraphFile {

  /** Before this version initializers had to be inputs too. */
  private static final long MIN_IR_VERSION = 4;

  /** The values of one tensor, read when they are written. */
  private interface Values {
    ByteBuffer read(long offset, int length);
  }

  private GraphFile() {}

  /** The weight that a tensor of the model's skeleton stands for. */
  static Weight weight(OnnxModel model, TensorProto stored) {
    return model.weights().get(Integer.parseInt(stored.getExternalData(0).getValue()));
  }

  static void write(OnnxModel model, Parameters parameters, Path file) {
    GraphProto.Builder graph = model.skeleton().getGraph().toBuilder();
    TreeMap<Long, Values> stored = new TreeMap<>();
    long offset = 0;
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        Weight weight = weight(model, tensor);
        Optional<Parameter> parameter = parameters.find(weight.name());
        graph.setInitializer(i, placed(tensor, offset, weight.byteLength()));
        stored.put(offset, parameter.map(p -> values(p, weight)).orElseGet(() -> values(weight)));
        offset += weight.byteLength();
        continue;
      }
      Optional<Parameter> parameter = parameters.find(tensor.getName());
      if (parameter.isPresent()) {
        graph.setInitializer(i, Tensors.tensor(tensor, parameter.get().array()));
      }
    }
    ModelProto written =
        model.skeleton().toBuilder()
            .setGraph(graph)
            .setIrVersion(Math.max(MIN_IR_VERSION, model.irVersion()))
            .build();
    PlainOnnx.write(written.toByteArray(), store(stored), file);
  }

  private static TensorProto placed(TensorProto tensor, long offset, long length) {
    return tensor.toBuilder()
        .clearExternalData()
        .addExternalData(entry("location", "weights"))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)))
        .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static Values values(Parameter parameter, Weight weight) {
    ByteBuffer[] bytes = new ByteBuffer[1];
    return (offset, length) -> {
      if (offset == 0) {
        bytes[0] = Tensors.bytes(parameter.array(), weight.elementType());
      }
      return bytes[0].slice((int) offset, length);
    };
  }

  private static Values values(Weight weight) {
    return (offset, length) -> {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      weight.read(offset, bytes);
      return bytes.flip();
    };
  }

  private static WeightStore store(NavigableMap<Long, Values> stored) {
    return (offset, into) -> {
      Map.Entry<Long, Values> entry = stored.floorEntry(offset);
      if (entry == null) {
        throw new OnnxException("no weight at offset " + offset);
      }
      into.put(entry.getValue().read(offset - entry.getKey(), into.remaining()));
    };
  }
}
