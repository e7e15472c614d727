package dev.insitu.forge;

import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds what the tensors of a re-trained family were in the root. */
final class RootValues {

  private final OnnxModel family;
  private final OnnxModel root;
  private final Map<String, TensorProto> ofRoot = new HashMap<>();

  private RootValues(OnnxModel family, OnnxModel root) {
    this.family = family;
    this.root = root;
    root.skeleton().getGraph().getInitializerList().forEach(t -> ofRoot.put(t.getName(), t));
  }

  /**
   * The family's graph with the root's values: the same weights by number, and the root's small
   * tensors, which stand in graphs and are trained like others.
   *
   * @param root must stay open as long as weights are read
   * @throws ForgeException if the models are not the same but for values
   */
  static OnnxModel in(OnnxModel family, OnnxModel root) {
    return new RootValues(family, root).model();
  }

  private OnnxModel model() {
    GraphProto of = family.skeleton().getGraph();
    if (!of.getNodeList().equals(root.skeleton().getGraph().getNodeList())) {
      throw new ForgeException(
          "The graph of "
              + root.file()
              + " is another than the family's, so it cannot be kept.\n"
              + "Maybe it is not the model that was re-trained.");
    }
    GraphProto.Builder graph = of.toBuilder();
    for (int i = 0; i < of.getInitializerCount(); i++) {
      TensorProto tensor = of.getInitializer(i);
      if (!isStored(tensor)) {
        graph.setInitializer(i, small(tensor));
      }
    }
    List<Weight> weights = new ArrayList<>();
    family.weights().forEach(weight -> weights.add(weight(weight)));
    return family.derived(family.skeleton().toBuilder().setGraph(graph).build(), weights);
  }

  private static boolean isStored(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
  }

  private TensorProto small(TensorProto tensor) {
    TensorProto before = ofRoot.get(tensor.getName());
    if (before == null
        || isStored(before)
        || before.getDataType() != tensor.getDataType()
        || !before.getDimsList().equals(tensor.getDimsList())) {
      throw lacks(tensor.getName());
    }
    return before;
  }

  private Weight weight(Weight weight) {
    TensorProto before = ofRoot.get(weight.name());
    if (before == null || !isStored(before)) {
      throw lacks(weight.name());
    }
    Weight found =
        root.weights().get(Integer.parseInt(before.getExternalData(0).getValue())); // its mark
    if (found.elementType() != weight.elementType() || found.byteLength() != weight.byteLength()) {
      throw lacks(weight.name());
    }
    return new Weight(
        weight.index(),
        weight.name(),
        weight.elementType(),
        weight.dims(),
        weight.role(),
        weight.outputAxis(),
        found.data());
  }

  private ForgeException lacks(String tensor) {
    return new ForgeException(
        "The family's tensor '"
            + tensor
            + "' has none of its name, type and length in "
            + root.file()
            + ", so that cannot be kept.\nMaybe it is not the model that was re-trained.");
  }
}
