package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads samples for a model's inputs: {@code .npz} (arrays named like the inputs, and optionally
 * {@code labels}), {@code .npy} for one input, pictures (see {@link PictureReader}) and raw
 * little-endian values (anything else) for one input.
 */
public final class SampleReader {

  private static final int PICTURE_RANK = 4;

  private final List<ValueSpec> inputs;
  private final Normalisation normalisation;

  /**
   * How bytes become numbers: (x / 255 - mean) / std per colour.
   *
   * @param mean per colour
   * @param std per colour, not 0
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Normalisation(float[] mean, float[] std) {

    public Normalisation {
      if (mean.length != 3 || std.length != 3) {
        throw new SampleException("Mean and deviation are three numbers each, one a colour.");
      }
      for (float value : std) {
        if (!(value > 0 && value <= Float.MAX_VALUE)) {
          throw new SampleException("A deviation is " + value + "; it must be above 0.");
        }
      }
      mean = mean.clone();
      std = std.clone();
    }

    /** 0..1. */
    public static Normalisation none() {
      return new Normalisation(new float[3], new float[] {1, 1, 1});
    }

    /** {@code float[channels][256]}: by colour the number that each byte becomes. */
    public float[][] table(int channels) {
      float[][] table = new float[channels][256];
      for (int c = 0; c < channels; c++) {
        for (int value = 0; value < 256; value++) {
          table[c][value] = (value / 255f - mean[c]) / std[c];
        }
      }
      return table;
    }

    @Override
    public float[] mean() {
      return mean.clone();
    }

    @Override
    public float[] std() {
      return std.clone();
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
   * Reads at most so many samples, from the first on.
   *
   * @throws SampleException if the file does not fit the inputs
   */
  public Samples read(Path file, int most) throws IOException {
    if (!Files.exists(file)) {
      throw new SampleException("There is no file " + file + " with samples.");
    }
    if (most < 1) {
      throw new SampleException(most + " samples were asked for; at least 1 is needed.");
    }
    String name = file.getFileName().toString();
    ArrayFile arrays = new ArrayFile(file, inputs, most);
    if (name.endsWith(".npz")) {
      return arrays.archive();
    }
    ValueSpec input = onlyInput(file);
    if (name.endsWith(Npy.ENDING)) {
      return arrays.single(input);
    }
    return PictureReader.reads(file) ? pictures(input, file, most) : raw(input, file, most);
  }

  private Samples pictures(ValueSpec input, Path file, int most) throws IOException {
    List<Long> dims = input.ranked() ? input.dims() : List.of(-1L, -1L, -1L, -1L);
    boolean fits = input.onnxType() == ElementType.FLOAT32.onnx() && dims.size() == PICTURE_RANK;
    fits &= dims.stream().allMatch(dim -> dim <= Short.MAX_VALUE);
    if (!fits || dims.getFirst() > 1) {
      throw new SampleException(
          file
              + " would hold pictures for an input FLOAT32[1, colours, height, width]; input '"
              + input.name()
              + "' has dimensions "
              + dims
              + ".\nMaybe end the name of a file of raw values in .raw.");
    }
    int channels = dims.get(1).intValue();
    int height = dims.get(2).intValue();
    int width = dims.get(3).intValue();
    return new PictureReader(channels, height, width)
        .read(file, most)
        .samples(input.name(), normalisation);
  }

  private ValueSpec onlyInput(Path file) {
    if (inputs.size() != 1) {
      throw new SampleException(
          "The model has "
              + inputs.size()
              + " inputs, "
              + file
              + " holds one.\nMaybe use .npz with one array per input: "
              + inputs.stream().map(ValueSpec::name).toList());
    }
    return inputs.getFirst();
  }

  private static Samples raw(ValueSpec input, Path file, int most) throws IOException {
    ElementType type = InputShapes.type(input);
    long[] shape = InputShapes.known(input);
    long bytes = Sizes.bytes(type, shape);
    long size = Files.size(file);
    if (bytes == 0 || size == 0 || size % bytes != 0) {
      throw new SampleException(
          file
              + " has "
              + size
              + " bytes, which is no whole number of samples of "
              + bytes
              + " bytes ("
              + type
              + Arrays.toString(shape)
              + ").");
    }
    int count = (int) Math.min(Math.min(most, size / bytes), Sizes.MOST / bytes);
    try (InputStream in = Files.newInputStream(file)) {
      ByteBuffer values = ByteBuffer.wrap(in.readNBytes((int) (count * bytes)));
      Column column = new Column(type, shape, count, values);
      return new Samples(Map.of(input.name(), column), Optional.empty(), file.toString());
    }
  }
}
