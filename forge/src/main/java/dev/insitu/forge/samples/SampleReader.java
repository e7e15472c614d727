package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads samples for a model's inputs: {@code .npz} (arrays named like the inputs, and optionally {@code labels}), {@code .npy} for one input,
 * CIFAR's binary layout ({@code .bin}) and raw little-endian values (anything else) for one input.
 */
public final class SampleReader {

  private static final int CIFAR_PIXELS = 3 * 32 * 32;

  private final List<ValueSpec> inputs;
  private final Normalisation normalisation;

  /**
   * How bytes become numbers: (x / 255 - mean) / std per colour.
   *
   * @param mean per colour
   * @param std per colour
   */
  public record Normalisation(float[] mean, float[] std) {

    public Normalisation {
      if (mean.length != 3 || std.length != 3) {
        throw new SampleException("Mean and deviation are three numbers each, one a colour.");
      }
      mean = mean.clone();
      std = std.clone();
    }

    /** 0..1. */
    public static Normalisation none() {
      return new Normalisation(new float[3], new float[] {1, 1, 1});
    }
  }

  /**
   * @param inputs of the model
   * @param normalisation of pictures stored as bytes
   */
  public SampleReader(List<ValueSpec> inputs, Normalisation normalisation) {
    this.inputs = List.copyOf(inputs);
    this.normalisation = normalisation;
  }

  /**
   * Reads at most so many samples.
   *
   * @throws SampleException if the file does not fit the inputs
   */
  public Samples read(Path file, int most) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new SampleException("There is no file " + file + " with samples.");
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".npz") || name.endsWith(".npy")) {
      return fromArrays(Npy.read(file), file.toString()).first(most);
    }
    ValueSpec input = onlyInput(file);
    return name.endsWith(".bin") ? cifar(input, file, most) : raw(input, file, most);
  }

  private ValueSpec onlyInput(Path file) {
    if (inputs.size() != 1) {
      throw new SampleException(
          "The model has " + inputs.size() + " inputs, " + file + " holds one.\nMaybe use .npz with one array per input: "
              + inputs.stream().map(ValueSpec::name).toList());
    }
    return inputs.getFirst();
  }

  private Samples fromArrays(Map<String, Npy.Array> arrays, String origin) {
    Map<String, Column> columns = new LinkedHashMap<>();
    boolean single = inputs.size() == 1 && arrays.size() == 1;
    for (ValueSpec input : inputs) {
      Npy.Array array = single ? arrays.values().iterator().next() : arrays.get(input.name());
      if (array == null) {
        throw new SampleException(
            origin + " has no array '" + input.name() + "', but " + arrays.keySet() + ".\nMaybe name the arrays like the model's inputs.");
      }
      columns.put(input.name(), column(input, array, origin));
    }
    return new Samples(columns, Optional.ofNullable(arrays.get("labels")).map(a -> labels(a, origin)), origin);
  }

  private static Column column(ValueSpec input, Npy.Array array, String origin) {
    if (array.type().onnx() != input.onnxType()) {
      throw new SampleException(
          "Array '" + input.name() + "' in " + origin + " holds " + array.type() + "; the model's input takes "
              + ElementType.ofOnnx(input.onnxType()) + ".");
    }
    long[] shape = array.shape();
    if (input.ranked() && shape.length != input.dims().size() || shape.length == 0) {
      throw new SampleException(
          "Array '" + input.name() + "' in " + origin + " has shape " + Arrays.toString(shape) + "; the model's input has " + input.dims()
              + ", the first dimension being the samples.");
    }
    for (int d = 1; d < shape.length && input.ranked(); d++) {
      if (input.dims().get(d) >= 0 && input.dims().get(d) != shape[d]) {
        throw new SampleException(
            "Array '" + input.name() + "' in " + origin + " has shape " + Arrays.toString(shape) + "; the model's input has " + input.dims() + ".");
      }
    }
    long[] sample = shape.clone();
    sample[0] = 1;
    return new Column(array.type(), sample, Math.toIntExact(shape[0]), array.values());
  }

  private static int[] labels(Npy.Array array, String origin) {
    int count = array.values().remaining() / array.type().bytes();
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] =
          switch (array.type()) {
            case INT64, UINT64 -> Math.toIntExact(array.values().getLong(8 * i));
            case INT32, UINT32 -> array.values().getInt(4 * i);
            case UINT8 -> array.values().get(i) & 0xff;
            default -> throw new SampleException("The labels in " + origin + " are " + array.type() + "; int64, int32 or uint8 are read.");
          };
    }
    return labels;
  }

  /** CIFAR-10 (1 label byte) or CIFAR-100 (coarse and fine label bytes) records of 3072 planar RGB bytes. */
  private Samples cifar(ValueSpec input, Path file, int most) throws IOException {
    long size = Files.size(file);
    int labelBytes = size % (CIFAR_PIXELS + 1) == 0 ? 1 : 2;
    if (size == 0 || size % (CIFAR_PIXELS + labelBytes) != 0) {
      throw new SampleException(file + " has " + size + " bytes, which is no whole number of CIFAR records (3073 or 3074 bytes each).");
    }
    int record = CIFAR_PIXELS + labelBytes;
    int count = (int) Math.min(most, size / record);
    ByteBuffer values = ByteBuffer.allocate(Math.multiplyExact(count, CIFAR_PIXELS * 4)).order(ByteOrder.LITTLE_ENDIAN);
    int[] labels = new int[count];
    try (var in = Files.newInputStream(file)) {
      for (int i = 0; i < count; i++) {
        byte[] bytes = in.readNBytes(record);
        labels[i] = bytes[labelBytes - 1] & 0xff;
        for (int p = 0; p < CIFAR_PIXELS; p++) {
          int colour = p / 1024;
          values.putFloat(((bytes[labelBytes + p] & 0xff) / 255f - normalisation.mean()[colour]) / normalisation.std()[colour]);
        }
      }
    }
    Column column = new Column(ElementType.FLOAT32, new long[] {1, 3, 32, 32}, count, values.flip());
    return new Samples(Map.of(input.name(), column), Optional.of(labels), file.toString());
  }

  private static Samples raw(ValueSpec input, Path file, int most) throws IOException {
    ElementType type = ElementType.ofOnnx(input.onnxType());
    long[] shape = sampleShape(input);
    long bytes = type.bytes();
    for (long dim : shape) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    long size = Files.size(file);
    if (bytes == 0 || size == 0 || size % bytes != 0) {
      throw new SampleException(
          file + " has " + size + " bytes, which is no whole number of samples of " + bytes + " bytes (" + type + " " + Arrays.toString(shape) + ").");
    }
    int count = (int) Math.min(most, size / bytes);
    try (var in = Files.newInputStream(file)) {
      ByteBuffer values = ByteBuffer.wrap(in.readNBytes(Math.toIntExact(count * bytes)));
      return new Samples(Map.of(input.name(), new Column(type, shape, count, values)), Optional.empty(), file.toString());
    }
  }

  /** One sample's shape: the input's, 1 where it is dynamic. */
  static long[] sampleShape(ValueSpec input) {
    if (!input.ranked()) {
      throw new SampleException("The shape of input '" + input.name() + "' is not known.\nMaybe give samples as .npz.");
    }
    return input.dims().stream().mapToLong(dim -> dim < 0 ? 1 : dim).toArray();
  }
}
