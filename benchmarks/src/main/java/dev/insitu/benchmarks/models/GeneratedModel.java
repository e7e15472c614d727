package dev.insitu.benchmarks.models;

import java.nio.file.Path;
import java.util.List;

/**
 * A model on disk.
 *
 * @param name file name without its ending
 * @param files the ONNX file and, if there is one, the external data file
 * @param bytes of all files
 * @param parameters how many floats are stored, running statistics included
 * @param inputs what the graph asks for
 */
public record GeneratedModel(
    String name,
    ModelSpec spec,
    List<Path> files,
    long bytes,
    long parameters,
    List<ModelInput> inputs) {
  public GeneratedModel {
    files = List.copyOf(files);
    inputs = List.copyOf(inputs);
  }

  /** The ONNX file. */
  public Path file() {
    return files.getFirst();
  }
}
