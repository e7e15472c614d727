package dev.insitu.model;

import dev.insitu.model.proto.StringStringEntryProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Finds the values that a tensor keeps in another file, never outside the model's folder. */
final class ExternalData {

  private final Path modelFile;
  private final DataFiles files;

  ExternalData(Path modelFile, DataFiles files) {
    this.modelFile = modelFile;
    this.files = files;
  }

  /**
   * The values that a tensor's {@code external_data} names.
   *
   * @param needed bytes that the tensor's shape asks for
   */
  WeightData find(List<StringStringEntryProto> entries, long needed) {
    String location = value(entries, "location", "");
    if (location.isEmpty()) {
      throw new OnnxException("external data without a location");
    }
    long offset = number(entries, "offset", 0);
    long length = number(entries, "length", needed);
    if (length != needed) {
      throw new OnnxException(
          "external data of "
              + length
              + " bytes in '"
              + location
              + "' where its shape needs "
              + needed);
    }
    int file = files.add(resolve(location));
    long size = files.size(file);
    if (offset > size - length) {
      throw new OnnxException(
          "external data from byte "
              + offset
              + ", length "
              + length
              + ", but '"
              + location
              + "' has only "
              + size
              + " bytes\nMaybe the file is truncated.");
    }
    return new RangeData(files, file, offset, length);
  }

  /**
   * A symbolic link may lead to the folder where the model's own link leads, as in download caches
   * that keep files under their digests; any other way out is refused.
   */
  private Path resolve(String location) {
    try {
      Path folder = folder(modelFile.toAbsolutePath().normalize());
      Path named = Path.of(location);
      Path file = folder.resolve(named).normalize();
      if (named.isAbsolute() || !file.startsWith(folder)) {
        throw outside(location);
      }
      if (!Files.isRegularFile(file)) {
        throw new OnnxException(
            "external data file '"
                + file
                + "' does not exist\nMaybe it was not copied along with the model.");
      }
      Path real = file.toRealPath();
      if (!real.startsWith(folder.toRealPath())
          && !real.startsWith(folder(modelFile.toRealPath()))) {
        throw outside(location);
      }
      return real;
    } catch (InvalidPathException e) {
      throw new OnnxException("external data location '" + location + "' is no path", e);
    } catch (IOException e) {
      throw new OnnxException("external data file '" + location + "' cannot be read: " + e, e);
    }
  }

  private static Path folder(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  private static OnnxException outside(String location) {
    return new OnnxException(
        "external data location '"
            + location
            + "' leads outside the model's folder\nMaybe do not trust this file.");
  }

  private static String value(List<StringStringEntryProto> entries, String key, String otherwise) {
    for (StringStringEntryProto entry : entries) {
      if (entry.getKey().equals(key)) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  private static long number(List<StringStringEntryProto> entries, String key, long otherwise) {
    String text = value(entries, key, "");
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text.strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new OnnxException("external data " + key + " '" + text + "' is not a number", e);
    }
    throw new OnnxException("external data " + key + " " + text + " is negative");
  }
}
