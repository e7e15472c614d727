package dev.insitu.server.inference;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Values of several requests as one, sample behind sample along the first dimension, and back. */
final class Samples {

  private static final double RELATIVE = 1e-3; // far above what the order of additions changes

  private Samples() {}

  /** What values must have in common to be computed together. */
  record Kind(Map<String, Form> forms) {}

  /** A type and all dimensions but the first. */
  record Form(ElementType type, List<Long> dims) {}

  /** The kind of some values; the first dimension of each is not looked at. */
  static Kind kind(Map<String, Tensor> values) {
    Map<String, Form> forms = new LinkedHashMap<>();
    values.forEach((name, value) -> {
      long[] shape = value.shape();
      List<Long> dims = Arrays.stream(shape).skip(1).boxed().toList();
      forms.put(name, new Form(value.type(), dims));
    });
    return new Kind(forms);
  }

  /** The common first dimension of all values; empty if they have none, or it is 0. */
  static OptionalLong count(Map<String, Tensor> values) {
    long count = 0;
    for (Tensor value : values.values()) {
      long[] shape = value.shape();
      if (shape.length == 0 || shape[0] == 0 || count != 0 && shape[0] != count) {
        return OptionalLong.empty();
      }
      count = shape[0];
    }
    return count == 0 ? OptionalLong.empty() : OptionalLong.of(count);
  }

  /**
   * Values of one kind as one.
   *
   * @param parts at least one
   * @throws InferenceException INPUT if they are too large to be one
   */
  static Map<String, Tensor> join(List<Map<String, Tensor>> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    Map<String, Tensor> joined = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> first : parts.getFirst().entrySet()) {
      String name = first.getKey();
      joined.put(name, join(first.getValue(), parts.stream().map(part -> part.get(name)).toList()));
    }
    return joined;
  }

  private static Tensor join(Tensor first, List<Tensor> parts) {
    long bytes = 0;
    long[] shape = first.shape();
    shape[0] = 0;
    for (Tensor part : parts) {
      bytes += part.bytes().remaining();
      shape[0] += part.shape()[0];
    }
    if (bytes > Tensor.MAX_BYTES) {
      throw new InferenceException(
          InferenceException.Reason.INPUT,
          "Samples of " + bytes + " bytes; at most " + Tensor.MAX_BYTES + " can be one value.");
    }
    ByteBuffer all = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    parts.forEach(part -> all.put(part.bytes()));
    return Tensor.wrap(first.type(), all.flip(), shape);
  }

  /**
   * Takes answers apart again.
   *
   * @param counts samples of each request
   * @return by request; empty if the answers do not have a sample for each that was given
   */
  static List<Map<String, Tensor>> split(Map<String, Tensor> answers, long[] counts) {
    long all = Arrays.stream(counts).sum();
    OptionalLong count = count(answers);
    if (count.isEmpty() || count.getAsLong() != all) {
      return List.of();
    }
    List<Map<String, Tensor>> parts = new ArrayList<>();
    long from = 0;
    for (long some : counts) {
      Map<String, Tensor> part = new LinkedHashMap<>();
      for (Map.Entry<String, Tensor> answer : answers.entrySet()) {
        part.put(answer.getKey(), slice(answer.getValue(), from, some));
      }
      parts.add(part);
      from += some;
    }
    return parts;
  }

  private static Tensor slice(Tensor tensor, long from, long count) {
    long[] shape = tensor.shape();
    ByteBuffer bytes = tensor.bytes();
    int sample = (int) (bytes.remaining() / shape[0]);
    shape[0] = count;
    return Tensor.wrap(
        tensor.type(), bytes.slice((int) from * sample, (int) count * sample), shape);
  }

  /** Bytes of values. */
  static long bytes(Map<String, Tensor> values) {
    return values.values().stream().mapToLong(value -> value.bytes().remaining()).sum();
  }

  /** Whether answers are the same but for the order of additions. */
  static boolean agree(Map<String, Tensor> some, Map<String, Tensor> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(entry -> {
              Tensor other = others.get(entry.getKey());
              return other != null && agree(entry.getValue(), other);
            });
  }

  private static boolean agree(Tensor some, Tensor other) {
    if (some.type() != other.type() || !Arrays.equals(some.shape(), other.shape())) {
      return false;
    }
    if (!some.type().floating()) {
      return some.equals(other);
    }
    float[] a = some.floats();
    float[] b = other.floats();
    double most = 1e-6;
    for (float value : a) {
      most = Float.isFinite(value) ? Math.max(most, Math.abs(value)) : most;
    }
    for (int i = 0; i < a.length; i++) {
      boolean same = Float.floatToIntBits(a[i]) == Float.floatToIntBits(b[i]);
      if (!same && !(Math.abs((double) a[i] - b[i]) <= RELATIVE * most)) {
        return false;
      }
    }
    return true;
  }
}
