package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightData;
import dev.insitu.model.WeightRole;
import java.nio.ByteBuffer;

/** Weights whose values are in memory. */
final class Weights {

  private Weights() {}

  static Weight floats(String name, float[] values, long... dims) {
    return of(name, ElementType.FLOAT32, WeightRole.MATMUL, Onnx.bytes(values), dims);
  }

  static Weight of(
      String name, ElementType type, WeightRole role, ByteBuffer values, long... dims) {
    return new Weight(0, name, type.onnx(), dims, role, -1, new InMemory(values));
  }

  /** A weight of which only the form counts. */
  static Weight form(ElementType type, WeightRole role, long... dims) {
    long bytes = Onnx.product(dims) * type.bytes();
    WeightData none =
        new WeightData() {
          @Override
          public long byteLength() {
            return bytes;
          }

          @Override
          public void read(long byteOffset, ByteBuffer into) {
            throw new UnsupportedOperationException("There are no values");
          }
        };
    return new Weight(0, "w", type.onnx(), dims, role, -1, none);
  }

  private record InMemory(ByteBuffer values) implements WeightData {

    @Override
    public long byteLength() {
      return values.remaining();
    }

    @Override
    public void read(long byteOffset, ByteBuffer into) {
      into.put(values.slice((int) byteOffset, into.remaining()));
    }
  }
}
