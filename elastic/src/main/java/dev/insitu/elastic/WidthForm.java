package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * The model at a smaller width, over the same tensors: graphs whose values have fewer channels.
 *
 * @param permille its share of the channels in thousandths, 1..999, as people call it
 * @param segments as many as the whole width has, for the same cuts
 * @param exits after the same segments as those of the whole width
 * @param fusedGraph the whole form as one graph; empty if there is one segment, whose graph is it
 */
public record WidthForm(
    int permille, List<SegmentSpec> segments, List<ExitSpec> exits, ByteBuffer fusedGraph) {

  /** The share of the whole width in thousandths. */
  public static final int WHOLE_PERMILLE = 1000;

  public WidthForm {
    segments = List.copyOf(segments);
    exits = List.copyOf(exits);
    fusedGraph = Objects.requireNonNull(fusedGraph).asReadOnlyBuffer();
    if (permille < 1 || permille >= WHOLE_PERMILLE) {
      throw ElasticException.corrupt(
          "A narrower form has " + permille + " of 1000 channels; 1 to 999 are possible.");
    }
  }

  /** The graph; a view with its own position. */
  @Override
  public ByteBuffer fusedGraph() {
    return fusedGraph.duplicate();
  }
}
