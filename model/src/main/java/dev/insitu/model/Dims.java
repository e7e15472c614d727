package dev.insitu.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shapes as arrays; -1 stands for a dimension that is not known. */
final class Dims {

  private Dims() {}

  static long[] of(List<Long> dims) {
    long[] array = new long[dims.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = dims.get(i);
    }
    return array;
  }

  static String text(List<Long> dims) {
    return text(of(dims));
  }

  /** A shape in brackets, unknown dimensions as question marks; "?" if nothing is known. */
  static String text(long @Nullable [] dims) {
    if (dims == null) {
      return "?";
    }
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < dims.length; i++) {
      text.append(i == 0 ? "" : ",").append(dims[i] == -1 ? "?" : Long.toString(dims[i]));
    }
    return text.append(']').toString();
  }

  /** Elements of a shape that may be unknown. Returns -1 if it is; more than 2^62 count as 2^62. */
  static long elements(long @Nullable [] dims) {
    if (dims == null) {
      return -1;
    }
    long product = 1;
    for (long dim : dims) {
      if (dim < 0) {
        return -1;
      }
      product = saturatingProduct(product, dim);
    }
    return product;
  }

  /** The product of two numbers of at least 0, at most 2^62. */
  static long saturatingProduct(long a, long b) {
    return b != 0 && a > (1L << 62) / b ? 1L << 62 : a * b;
  }
}
