package dev.insitu.model;

import dev.insitu.model.proto.TensorShapeProto.Dimension;
import dev.insitu.model.proto.TypeProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input or output of a model.
 *
 * @param name its name
 * @param elementType number in ONNX's {@code TensorProto.DataType}; 0 if it is a sequence, a map or
 *     the like
 * @param dims dimensions, -1 where open; null if the model does not even say how many there are
 * @param dimNames the model's names of the dimensions, empty where it has none; null like {@code
 *     dims}
 */
@SuppressWarnings("ArrayRecordComponent")
public record ValueInfo(
    String name, int elementType, long @Nullable [] dims, @Nullable List<String> dimNames) {

  public ValueInfo {
    dims = dims == null ? null : dims.clone();
    dimNames = dimNames == null ? null : List.copyOf(dimNames);
  }

  static ValueInfo of(ValueInfoProto proto) {
    TypeProto.Tensor tensor = proto.getType().getTensorType();
    if (!tensor.hasShape()) {
      return new ValueInfo(proto.getName(), tensor.getElemType(), null, null);
    }
    List<String> names =
        tensor.getShape().getDimList().stream().map(Dimension::getDimParam).toList();
    return new ValueInfo(proto.getName(), tensor.getElemType(), dims(proto.getType()), names);
  }

  /** The dimensions that a type states; null if none. */
  static long @Nullable [] dims(TypeProto type) {
    if (!type.getTensorType().hasShape()) {
      return null;
    }
    return type.getTensorType().getShape().getDimList().stream()
        .mapToLong(dim -> dim.hasDimValue() && dim.getDimValue() >= 0 ? dim.getDimValue() : -1)
        .toArray();
  }

  @Override
  public long @Nullable [] dims() {
    return dims == null ? null : dims.clone();
  }

  @Override
  public String toString() {
    return name + " " + ElementTypes.name(elementType) + Dims.text(dims);
  }
}
