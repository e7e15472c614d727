package dev.insitu.runtime.protocol;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Names;
import dev.insitu.runtime.Tensor;

/** What the protocol calls the element types. */
public final class DataTypes {

  private DataTypes() {}

  /** The protocol's name, as in {@code FP32}; the protocol has none for types that no value has. */
  public static String name(ElementType type) {
    return switch (type) {
      case FLOAT16 -> "FP16";
      case FLOAT32 -> "FP32";
      case FLOAT64 -> "FP64";
      case BFLOAT16 -> "BF16";
      default -> type.name();
    };
  }

  /**
   * The type with that name.
   *
   * @throws ElasticException INVALID if no value that enters or leaves a model has it
   */
  public static ElementType of(String name) {
    for (ElementType type : ElementType.values()) {
      if (Tensor.carries(type) && name(type).equals(name)) {
        return type;
      }
    }
    throw ElasticException.invalid(
        "Data type "
            + Names.quote(name)
            + " is not carried; there are BOOL, INT8 to INT64, UINT8 to UINT64, FP16, BF16, FP32 and"
            + " FP64.");
  }
}
