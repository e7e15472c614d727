package dev.insitu.forge.samples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Inputs to measure with, and their labels where there are any.
 *
 * @param columns for every model input its values; each with the same count
 * @param labels the right class of each sample; empty if nobody knows
 * @param origin where they come from, for reports
 * @param generated whether nobody chose them for the model, so that it may refuse them
 */
public record Samples(
    Map<String, Column> columns, Optional<int[]> labels, String origin, boolean generated) {

  public Samples {
    columns = new LinkedHashMap<>(columns);
    int count = columns.values().stream().mapToInt(Column::count).min().orElse(0);
    if (count == 0) {
      throw new SampleException("There are no samples in " + origin + ".");
    }
    for (Map.Entry<String, Column> column : columns.entrySet()) {
      if (column.getValue().count() != count) {
        throw new SampleException(
            "Input '"
                + column.getKey()
                + "' has "
                + column.getValue().count()
                + " samples in "
                + origin
                + ", another has "
                + count
                + ".");
      }
    }
    if (labels.isPresent() && labels.get().length != count) {
      throw new SampleException(
          origin + " has " + labels.get().length + " labels for " + count + " samples.");
    }
  }

  /** Samples that somebody chose for the model. */
  public Samples(Map<String, Column> columns, Optional<int[]> labels, String origin) {
    this(columns, labels, origin, false);
  }

  /** Number of samples. */
  public int count() {
    return columns.values().iterator().next().count();
  }

  /**
   * The values of an input.
   *
   * @throws SampleException if there are none
   */
  public Column column(String input) {
    Column column = columns.get(input);
    if (column == null) {
      throw new SampleException(
          "The samples lack input '" + input + "'; they have " + columns.keySet() + ".");
    }
    return column;
  }

  /** The first samples only. */
  public Samples first(int most) {
    return most >= count() ? this : range(0, most);
  }

  /** The same samples, of which nothing is known. */
  public Samples withoutLabels() {
    return new Samples(columns, Optional.empty(), origin, generated);
  }

  /** The samples [{@code from}, {@code to}). */
  public Samples range(int from, int to) {
    Map<String, Column> some = new LinkedHashMap<>();
    columns.forEach((name, c) ->
        some.put(name, new Column(c.type(), c.shape(), to - from, c.slice(from, to - from))));
    return new Samples(
        some, labels.map(all -> Arrays.copyOfRange(all, from, to)), origin, generated);
  }
}
