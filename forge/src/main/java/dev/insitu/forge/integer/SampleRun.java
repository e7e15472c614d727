package dev.insitu.forge.integer;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.insitu.elastic.ElementType;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.OnnxEnvironment;
import dev.insitu.runtime.Optimisation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model on samples in ONNX Runtime, several at once where the model takes them. Not
 * thread-safe.
 */
public final class SampleRun implements AutoCloseable {

  private static final int MOST_AT_ONCE = 32;
  private static final double SAME = 1e-3;

  private final OrtEnvironment environment = environment();
  private final OrtSession session;
  private final Samples samples;
  private int atOnce = 1;

  /**
   * Numbers that a model made of some samples.
   *
   * @param shape as the model gave it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Made(float[] values, long[] shape) {}

  /** Takes what a model made of the samples [{@code from}, {@code from + count}). */
  @FunctionalInterface
  public interface Taker {
    void take(int from, int count, Map<String, Made> made);
  }

  /**
   * @param model a serialized ModelProto
   * @throws IntegerException if ONNX Runtime refuses it
   * @throws dev.insitu.forge.samples.SampleException if the samples lack an input
   */
  public SampleRun(byte[] model, Samples samples) {
    this(model, samples, null);
  }

  /**
   * Runs a model whose weights lie in files beside it.
   *
   * @param optimisation more than BASIC takes a second copy of the weights
   * @throws IntegerException if ONNX Runtime refuses it
   * @throws dev.insitu.forge.samples.SampleException if the samples lack an input
   */
  public SampleRun(Path model, Samples samples, Optimisation optimisation) {
    this.samples = samples;
    try (SessionOptions options = options()) {
      options.setOptimizationLevel(
          optimisation == Optimisation.ALL
              ? SessionOptions.OptLevel.ALL_OPT
              : SessionOptions.OptLevel.BASIC_OPT);
      session = environment.createSession(model.toString(), options);
      session.getInputNames().forEach(samples::column);
    } catch (OrtException e) {
      throw new IntegerException("ONNX Runtime refuses the model: " + e.getMessage(), e);
    }
  }

  private static OrtEnvironment environment() {
    OnnxEnvironment.threads(); // makes the environment that everything shares
    return OrtEnvironment.getEnvironment();
  }

  private static SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setIntraOpNumThreads(OnnxEnvironment.threads());
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    return options;
  }

  /** With the optimised model saved for inspection, as it would be on ARM too. */
  SampleRun(byte[] model, Samples samples, @Nullable String optimised) {
    this.samples = samples;
    try (SessionOptions options = options()) {
      if (optimised != null) {
        options.addConfigEntry("session.qdqisint8allowed", "1"); // as it is on ARM
        options.setOptimizationLevel(SessionOptions.OptLevel.EXTENDED_OPT);
        options.setOptimizedModelFilePath(optimised);
      }
      session = environment.createSession(model, options);
      session.getInputNames().forEach(samples::column);
    } catch (OrtException e) {
      throw new IntegerException("ONNX Runtime refuses the model: " + e.getMessage(), e);
    }
  }

  /** Runs several samples at once from now on, if these outputs show that nothing changes. */
  public SampleRun inBatches(Set<String> outputs, int most) {
    int wanted = Math.min(Math.min(MOST_AT_ONCE, most), samples.count());
    if (wanted > 1 && beginOpen(outputs) && batchesChangeNothing(outputs)) {
      atOnce = wanted;
    }
    return this;
  }

  int atOnce() {
    return atOnce;
  }

  private boolean beginOpen(Set<String> outputs) {
    try {
      boolean inputs = session.getInputInfo().values().stream().allMatch(SampleRun::beginsOpen);
      Map<String, NodeInfo> infos = session.getOutputInfo();
      boolean single =
          samples.columns().values().stream()
              .allMatch(column -> column.shape().length > 0 && column.shape()[0] == 1);
      return single && inputs && outputs.stream().map(infos::get).allMatch(SampleRun::beginsOpen);
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  private static boolean beginsOpen(@Nullable NodeInfo value) {
    return value != null
        && value.getInfo() instanceof TensorInfo info
        && info.getShape().length > 0
        && info.getShape()[0] == -1;
  }

  /** An open dimension may be time. */
  private boolean batchesChangeNothing(Set<String> outputs) {
    Map<String, Made> together = run(0, 2, outputs);
    Map<String, Made> first = run(0, 1, outputs);
    Map<String, Made> second = run(1, 1, outputs);
    for (Map.Entry<String, Made> output : together.entrySet()) {
      float[] all = output.getValue().values();
      float[] one = made(first, output.getKey());
      float[] two = made(second, output.getKey());
      if (all.length != one.length + two.length
          || differ(all, 0, one)
          || differ(all, one.length, two)) {
        return false;
      }
    }
    return true;
  }

  private static float[] made(Map<String, Made> all, String name) {
    Made made = all.get(name);
    return made == null ? new float[0] : made.values();
  }

  private static boolean differ(float[] all, int from, float[] alone) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < alone.length; i++) {
      error += Math.pow(all[from + i] - (double) alone[i], 2);
      power += Math.pow(alone[i], 2);
    }
    return error > SAME * SAME * power;
  }

  /** The names of all outputs that are float32 tensors. */
  public Set<String> floatOutputs() {
    try {
      Set<String> names = new LinkedHashSet<>();
      for (NodeInfo info : session.getOutputInfo().values()) {
        if (info.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.FLOAT) {
          names.add(info.getName());
        }
      }
      return names;
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  /** The names of all inputs that are float32 tensors. */
  Set<String> floatInputs() {
    try {
      Set<String> names = new LinkedHashSet<>();
      for (NodeInfo info : session.getInputInfo().values()) {
        if (info.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.FLOAT) {
          names.add(info.getName());
        }
      }
      return names;
    } catch (OrtException e) {
      throw failure(e);
    }
  }

  /** Runs all samples. */
  public void run(Set<String> outputs, Taker taker) {
    for (int from = 0; from < samples.count(); from += atOnce) {
      int count = Math.min(atOnce, samples.count() - from);
      taker.take(from, count, run(from, count, outputs));
    }
  }

  /** Runs some samples together. */
  Map<String, Made> run(int from, int count, Collection<String> outputs) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    List<OnnxTensor> open = new ArrayList<>();
    try {
      for (String name : session.getInputNames()) {
        OnnxTensor tensor = tensor(samples.column(name), from, count);
        open.add(tensor);
        inputs.put(name, tensor);
      }
      Map<String, Made> made = new LinkedHashMap<>();
      try (OrtSession.Result result = session.run(inputs, new LinkedHashSet<>(outputs))) {
        for (Map.Entry<String, OnnxValue> entry : result) {
          made.put(entry.getKey(), made(entry.getValue()));
        }
      }
      return made;
    } catch (OrtException e) {
      throw failure(e);
    } finally {
      open.forEach(OnnxTensor::close);
    }
  }

  private static IntegerException failure(OrtException e) {
    return new IntegerException("ONNX Runtime cannot run the model: " + e.getMessage(), e);
  }

  private static Made made(OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new IntegerException("The model makes a " + value.getType() + ", which is no tensor.");
    }
    TensorInfo info = tensor.getInfo();
    if (info.type == OnnxJavaType.INT64) {
      java.nio.LongBuffer longs = tensor.getLongBuffer();
      float[] numbers = new float[longs.remaining()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = longs.get(i);
      }
      return new Made(numbers, info.getShape());
    }
    java.nio.FloatBuffer floats = tensor.getFloatBuffer();
    float[] numbers = new float[floats.remaining()];
    floats.get(numbers);
    return new Made(numbers, info.getShape());
  }

  private OnnxTensor tensor(Column column, int from, int count) throws OrtException {
    long[] shape = column.shape();
    if (count > 1) {
      shape[0] *= count;
    }
    ByteBuffer values = column.slice(from, count);
    ByteBuffer direct = ByteBuffer.allocateDirect(values.remaining()).put(values).flip();
    return OnnxTensor.createTensor(
        environment, direct.order(ByteOrder.LITTLE_ENDIAN), shape, type(column.type()));
  }

  private static OnnxJavaType type(ElementType type) {
    return switch (type) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case UINT8 -> OnnxJavaType.UINT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case BOOL -> OnnxJavaType.BOOL;
      default -> throw new IntegerException("Inputs of type " + type + " cannot be fed.");
    };
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failure(e);
    }
  }
}
