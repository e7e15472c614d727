package dev.insitu.forge.integer;

import com.google.protobuf.ByteString;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads a model into memory with all its values. */
final class WholeModel {

  /** A model with its weights inside is one protobuf message, and is held a few times. */
  private static final long MOST_BYTES = 512L << 20;

  private WholeModel() {}

  /**
   * The model in normal form, its weights inside.
   *
   * @throws dev.insitu.model.OnnxException if it cannot be read
   * @throws IntegerException if it is too large
   */
  static ModelProto read(Path file) {
    try (OnnxModel model = OnnxModel.open(file)) {
      Map<Integer, Weight> weights = new HashMap<>();
      long bytes = 0;
      for (Weight weight : model.weights()) {
        weights.put(weight.index(), weight);
        bytes += weight.byteLength();
      }
      if (bytes > MOST_BYTES) {
        throw new IntegerException(
            file
                + " has "
                + (bytes >> 20)
                + " MiB of weights; at most "
                + (MOST_BYTES >> 20)
                + " MiB are made integer at once.\nMaybe make its parts integer one by one.");
      }
      return RaiseOpset.toPerChannel(withWeights(model.skeleton(), weights));
    }
  }

  private static ModelProto withWeights(ModelProto skeleton, Map<Integer, Weight> weights) {
    GraphProto.Builder graph = skeleton.getGraph().toBuilder().clearInitializer();
    for (TensorProto tensor : skeleton.getGraph().getInitializerList()) {
      boolean stored = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
      graph.addInitializer(stored ? filled(tensor, weights) : tensor);
    }
    return skeleton.toBuilder().setGraph(graph).build();
  }

  private static TensorProto filled(TensorProto tensor, Map<Integer, Weight> weights) {
    int number = Integer.parseInt(tensor.getExternalData(0).getValue());
    Weight weight = weights.get(number);
    if (weight == null) {
      throw new IllegalStateException("No weight " + number + " for " + tensor.getName());
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(weight.byteLength()));
    weight.read(0, bytes);
    return tensor.toBuilder()
        .clearExternalData()
        .clearDataLocation()
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  /** Sets the version of ONNX's own operator set. */
  static ModelProto withOpset(ModelProto model, int version) {
    ModelProto.Builder raised = model.toBuilder();
    for (int i = 0; i < model.getOpsetImportCount(); i++) {
      OperatorSetIdProto set = model.getOpsetImport(i);
      if (set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx")) {
        raised.setOpsetImport(i, set.toBuilder().setVersion(version));
      }
    }
    return raised.build();
  }
}
