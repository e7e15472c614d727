package dev.insitu.benchmarks.models;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.DoubleSupplier;

/**
 * The values of tensors, made in the order they are stored and never all held. They depend on the
 * seed and the tensor's name only, so a tensor is the same in every model of that seed. Not
 * thread-safe.
 */
final class ValueStream {
  private static final int CHUNK = 1 << 14;

  private final Distribution distribution;
  private final long seed;
  private final float[] values = new float[CHUNK];
  private final ByteBuffer encoded =
      ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  ValueStream(Distribution distribution, long seed) {
    this.distribution = distribution;
    this.seed = seed;
  }

  /** All values of a small tensor, before they are rounded to its type. */
  float[] values(String name, Fill fill, int count) {
    float[] all = new float[count];
    source(name, fill, count).next(all, 0, count);
    return all;
  }

  /** Writes the tensor's bytes as ONNX stores them. */
  void write(TensorSpec tensor, CodedOutputStream out) throws IOException {
    if (tensor.fill() instanceof Fill.Bytes(var bytes)) {
      out.writeRawBytes(bytes);
      return;
    }
    long count = tensor.elements();
    Source source = source(tensor.name(), tensor.fill(), count);
    for (long done = 0; done < count; done += CHUNK) {
      int length = (int) Math.min(CHUNK, count - done);
      source.next(values, done, length);
      encode(tensor.onnxType(), length);
      out.writeRawBytes(encoded.array(), 0, length * tensor.elementBytes());
    }
  }

  /** Makes values; called for consecutive ranges. */
  private interface Source {
    /** Fills {@code into} with the values from {@code first} on. */
    void next(float[] into, long first, int length);
  }

  private Source source(String name, Fill fill, long count) {
    Randomness random = new Randomness(seed, name);
    return switch (fill) {
      case Fill.Drawn drawn -> drawn(random, drawn, count);
      case Fill.Around(double centre, double spread) ->
          (into, _, length) -> {
            for (int i = 0; i < length; i++) {
              into[i] = (float) (centre + spread * (2 * random.uniform() - 1));
            }
          };
      case Fill.Values(FloatBuffer given) ->
          (into, first, length) -> given.get(Math.toIntExact(first), into, 0, length);
      case Fill.Bytes _ ->
          throw new IllegalArgumentException("tensor %s has bytes, no values".formatted(name));
    };
  }

  private Source drawn(Randomness random, Fill.Drawn fill, long count) {
    DoubleSupplier standard =
        switch (distribution) {
          case GAUSSIAN -> random::gaussian;
          case HEAVY_TAILED -> random::heavyTailed;
        };
    FloatBuffer rowScale = fill.rowScale();
    long rowLength = count / Math.max(1, rowScale.limit());
    return (into, first, length) -> {
      for (int i = 0; i < length; i++) {
        into[i] = (float) (fill.deviation() * standard.getAsDouble());
      }
      for (int i = 0; rowScale.hasRemaining() && i < length; i++) {
        into[i] *= rowScale.get((int) ((first + i) / rowLength));
      }
    };
  }

  private void encode(int onnxType, int length) {
    if (onnxType == WeightType.FLOAT32.onnx()) {
      encoded.asFloatBuffer().put(values, 0, length);
    } else if (onnxType == WeightType.FLOAT16.onnx()) {
      for (int i = 0; i < length; i++) {
        encoded.putShort(i * Short.BYTES, Float.floatToFloat16(values[i]));
      }
    } else {
      for (int i = 0; i < length; i++) {
        encoded.putShort(i * Short.BYTES, WeightType.bfloat16(values[i]));
      }
    }
  }
}
