package dev.insitu.forge.levels;

import dev.insitu.elastic.SegmentSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The model whose answers a package's sub-models are to give, where that is not the package's own:
 * the root that a family was re-trained from.
 *
 * @param segments with the nodes of the package's, their weights where the package's are
 * @param weights writes the file that the segments read
 */
public record Reference(List<SegmentSpec> segments, Weights weights) {

  /** Writes a weight file. */
  @FunctionalInterface
  public interface Weights {

    /** Writes it to a file that is not there yet. */
    void write(Path file) throws IOException;
  }

  public Reference {
    segments = List.copyOf(segments);
  }
}
