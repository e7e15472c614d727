package dev.insitu.lab.split;

import dev.insitu.lab.LabException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who is through first for one number of inferences, read from the lines that a measurement keeps.
 *
 * @param title what may leave the device, and the number of inferences
 * @param cells one for each rate and speed
 */
record SplitTable(String title, List<Cell> cells) {

  private static final Pattern HEADER =
      Pattern.compile("(\\d{1,9}) inferences; speed down, Mbit/s across: ([0-9.E+ ]{1,400})");
  private static final Pattern ROW = Pattern.compile("  1/([0-9.E+]{1,20}) *((?: {3}[DS/][ !])+)");
  private static final int COLUMN = 5; // characters
  private static final int MOST_LINES = 10_000;

  /**
   * One rate and speed.
   *
   * @param megabits in a second
   * @param speed of the device, as a share of the server's
   * @param sign D: the device is through first, S: the server, /: both together
   * @param off whether the planner's choice takes longer than allowed
   */
  record Cell(double megabits, double speed, char sign, boolean off) {}

  SplitTable {
    cells = List.copyOf(cells);
  }

  /**
   * Reads tables.
   *
   * @throws LabException if the lines are none
   */
  static List<SplitTable> read(String leaving, List<String> lines) {
    List<SplitTable> tables = new ArrayList<>();
    String[] rates = {};
    String title = "";
    List<Cell> cells = new ArrayList<>();
    for (String line : lines.subList(0, Math.min(lines.size(), MOST_LINES))) {
      Matcher header = HEADER.matcher(line);
      Matcher row = ROW.matcher(line);
      if (header.matches()) {
        add(tables, title, cells);
        rates = header.group(2).split(" ", -1);
        title = leaving + " may leave, inferences: " + header.group(1);
        cells = new ArrayList<>();
      } else if (row.matches() && row.group(2).length() == COLUMN * rates.length) {
        for (int i = 0; i < rates.length; i++) {
          cells.add(cell(rates[i], row.group(1), row.group(2).substring(COLUMN * i)));
        }
      } else {
        throw new LabException("'" + line + "' is no line of a table of splits.");
      }
    }
    add(tables, title, cells);
    return tables;
  }

  private static void add(List<SplitTable> tables, String title, List<Cell> cells) {
    if (!cells.isEmpty()) {
      tables.add(new SplitTable(title, cells));
    }
  }

  private static Cell cell(String megabits, String slower, String text) {
    try {
      double speed = 1 / Double.parseDouble(slower);
      return new Cell(Double.parseDouble(megabits), speed, text.charAt(3), text.charAt(4) == '!');
    } catch (NumberFormatException e) {
      throw new LabException(
          "A rate '" + megabits + "' or a speed '1/" + slower + "' is no number.");
    }
  }
}
