package dev.insitu.model;

import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.TensorShapeProto;
import dev.insitu.model.proto.TensorShapeProto.Dimension;
import dev.insitu.model.proto.TypeProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Types of graph inputs and outputs: the model's own as declared, carried values as inferred. */
final class ValueTypes {

  private ValueTypes() {}

  static ValueInfoProto input(OnnxModel model, String name) {
    ValueInfoProto declared = declared(model.skeleton().getGraph().getInputList(), name);
    return declared != null ? declared : inferred(model, name, true);
  }

  /** A carried output says no shape, because the runtime finds it. */
  static ValueInfoProto output(OnnxModel model, String name) {
    ValueInfoProto declared = declared(model.skeleton().getGraph().getOutputList(), name);
    return declared != null ? declared : inferred(model, name, false);
  }

  private static @Nullable ValueInfoProto declared(List<ValueInfoProto> values, String name) {
    for (ValueInfoProto value : values) {
      if (value.getName().equals(name)) {
        return value.toBuilder().clearDocString().clearMetadataProps().build();
      }
    }
    return null;
  }

  private static ValueInfoProto inferred(OnnxModel model, String name, boolean withShape) {
    Fact fact = model.facts().getOrDefault(name, Fact.UNKNOWN);
    int type = Widening.isWidened(model, name) ? DataType.FLOAT_VALUE : fact.type();
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type);
    if (withShape && fact.dims() != null) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      for (long dim : fact.dims()) {
        shape.addDim(dim < 0 ? Dimension.newBuilder() : Dimension.newBuilder().setDimValue(dim));
      }
      tensor.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
