package dev.insitu.runtime;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;

/** Names of ONNX element types in messages. */
final class TypeNames {

  private static final int STRING = 8;

  private TypeNames() {}

  static String of(int onnxType) {
    if (onnxType == STRING) {
      return "STRING";
    }
    try {
      return ElementType.ofOnnx(onnxType).toString();
    } catch (ElasticException e) {
      return "ONNX type " + onnxType;
    }
  }
}
