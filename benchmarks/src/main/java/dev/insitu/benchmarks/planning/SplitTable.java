package dev.insitu.benchmarks.planning;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who is through first, by the rate of the link, the speed of the device and the number of
 * inferences. Not thread-safe.
 */
public final class SplitTable {

  /** Who computes. */
  public enum Who {
    /** The device alone. */
    DEVICE('D'),
    /** The server alone. */
    SERVER('S'),
    /** The device first, then the server. */
    SPLIT('/');

    private final char sign;

    Who(char sign) {
      this.sign = sign;
    }

    /** Of a plan that computes so many segments on the device. */
    public static Who of(int depth, boolean divided) {
      if (!divided) {
        return DEVICE;
      }
      return depth == 0 ? SERVER : SPLIT;
    }
  }

  /**
   * A cell.
   *
   * @param cell the circumstances
   * @param best who is through first
   * @param chosen whom the planner takes
   * @param regret how much longer that takes, as a share
   */
  public record Entry(SegmentSeconds.Cell cell, Who best, Who chosen, double regret) {}

  private final List<Entry> entries = new ArrayList<>();

  /** Adds a cell. */
  public void add(Entry entry) {
    entries.add(entry);
  }

  /** All of them. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** How many cells have a winner. */
  public long count(Who who) {
    return entries.stream().filter(entry -> entry.best() == who).count();
  }

  /** The share of the cells with at most so much regret. */
  public double within(double regret) {
    long good = entries.stream().filter(entry -> entry.regret() <= regret).count();
    return (double) good / entries.size();
  }

  /**
   * For people: a block for each number of inferences, a line for each speed, a column for each
   * rate, all as they were added; a mark where the planner's choice takes longer than allowed.
   */
  public List<String> lines(double mostRegret) {
    List<Integer> counts = entries.stream().map(one -> one.cell().inferences()).distinct().toList();
    List<Double> speeds = entries.stream().map(one -> one.cell().slower()).distinct().toList();
    List<String> lines = new ArrayList<>();
    for (int count : counts) {
      lines.add(count + " inferences; " + header());
      for (double slower : speeds) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  1/%-6.4g", slower));
        for (Entry entry : entries) {
          if (entry.cell().inferences() == count && entry.cell().slower() == slower) {
            line.append("   ").append(entry.best().sign);
            line.append(entry.regret() <= mostRegret ? ' ' : '!');
          }
        }
        lines.add(line.toString());
      }
    }
    return lines;
  }

  private String header() {
    List<String> rates =
        entries.stream()
            .map(one -> String.format(Locale.ROOT, "%.4g", one.cell().bitsPerSecond() / 1e6))
            .distinct()
            .toList();
    return "speed down, Mbit/s across: " + String.join(" ", rates);
  }
}
