package dev.insitu.benchmarks.models;

import com.google.protobuf.ByteString;
import java.nio.FloatBuffer;

/** Where the values of a tensor come from. */
sealed interface Fill {

  /**
   * Random weights around zero.
   *
   * @param deviation standard deviation
   * @param rowScale a factor for each index of the first dimension, or empty
   */
  record Drawn(double deviation, FloatBuffer rowScale) implements Fill {
    Drawn(double deviation) {
      this(deviation, FloatBuffer.allocate(0));
    }
  }

  /** Evenly spread over {@code centre} - {@code spread} to {@code centre} + {@code spread}. */
  record Around(double centre, double spread) implements Fill {}

  /** These values. */
  record Values(FloatBuffer values) implements Fill {}

  /** These bytes, as ONNX stores them. */
  record Bytes(ByteString bytes) implements Fill {}
}
