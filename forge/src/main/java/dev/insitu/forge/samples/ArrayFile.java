package dev.insitu.forge.samples;

import dev.insitu.elastic.ValueSpec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Reads samples from NumPy's files: one array in {@code .npy}, named ones in {@code .npz}. */
final class ArrayFile {

  private static final String LABELS = "labels";

  private final Path file;
  private final List<ValueSpec> inputs;
  private final int most;

  /**
   * @param inputs of the model
   * @param most how many samples to read at most
   */
  ArrayFile(Path file, List<ValueSpec> inputs, int most) {
    this.file = file;
    this.inputs = inputs;
    this.most = most;
  }

  /** The array of a {@code .npy} file as the values of an input. */
  Samples single(ValueSpec input) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Npy array = Npy.read(in, file.toString(), most);
      return new Samples(
          Map.of(input.name(), column(input, array)), Optional.empty(), file.toString());
    }
  }

  /** The arrays of a {@code .npz} file; what is neither an input nor labels is not read. */
  Samples archive() throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Set<String> names = names(zip);
      Map<String, Column> columns = new LinkedHashMap<>();
      for (ValueSpec input : inputs) {
        boolean only = inputs.size() == 1 && names.size() == 1;
        String name = only ? names.iterator().next() : input.name();
        if (!names.contains(name)) {
          throw new SampleException(
              file
                  + " has no array '"
                  + name
                  + "', but "
                  + names
                  + ".\nMaybe name the arrays like the model's inputs.");
        }
        columns.put(input.name(), column(input, read(zip, name)));
      }
      Optional<int[]> labels = Optional.empty();
      if (names.contains(LABELS) && !columns.containsKey(LABELS)) {
        labels = Optional.of(read(zip, LABELS).integers(file.toString()));
      }
      return new Samples(columns, labels, file.toString());
    } catch (ZipException e) {
      throw new SampleException(file + " is no .npz archive or is damaged: " + e.getMessage(), e);
    }
  }

  private static Set<String> names(ZipFile zip) {
    Set<String> names = new TreeSet<>();
    zip.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith(Npy.ENDING))
        .forEach(name -> names.add(name.substring(0, name.length() - Npy.ENDING.length())));
    return names;
  }

  private Npy read(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name + Npy.ENDING);
    try (InputStream in = zip.getInputStream(entry)) {
      return Npy.read(in, file + "!" + entry.getName(), most);
    }
  }

  private Column column(ValueSpec input, Npy array) {
    if (array.type().onnx() != input.onnxType()) {
      throw new SampleException(
          "Array '"
              + input.name()
              + "' in "
              + file
              + " holds "
              + array.type()
              + "; the model's input takes "
              + InputShapes.type(input)
              + ".");
    }
    long[] sample = array.shape();
    if (!fits(input, sample)) {
      throw new SampleException(
          "Array '"
              + input.name()
              + "' in "
              + file
              + " has shape "
              + Arrays.toString(sample)
              + "; the model's input has "
              + input.dims()
              + ", the first dimension being the samples.");
    }
    int count = (int) sample[0]; // at most the number asked for
    sample[0] = 1;
    return new Column(array.type(), sample, count, array.values());
  }

  private static boolean fits(ValueSpec input, long[] shape) {
    if (shape.length == 0 || input.ranked() && shape.length != input.dims().size()) {
      return false;
    }
    for (int d = 1; d < shape.length && input.ranked(); d++) {
      if (input.dims().get(d) >= 0 && input.dims().get(d) != shape[d]) {
        return false;
      }
    }
    return true;
  }
}
