package dev.insitu.benchmarks.planning;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/** Reads what was received each second of downloads; seconds between downloads are left out. */
final class MeasuredSeconds {

  private static final int MOST_ROWS = 100_000;
  private static final String DOWNLOADING = "D";

  private MeasuredSeconds() {}

  /**
   * Rates in bit/s.
   *
   * @param name of what is read, for messages
   * @throws IOException if columns are missing or a rate is no number of 0 or more
   */
  static double[] read(BufferedReader reader, String name) throws IOException {
    String header = reader.readLine();
    List<String> columns = header == null ? List.of() : fields(header);
    int time = columns.indexOf("Timestamp");
    int state = columns.indexOf("State");
    int rate = columns.indexOf("DL_bitrate");
    if (time < 0 || state < 0 || rate < 0) {
      throw new IOException(name + " has the columns " + columns + ", not those of measurements.");
    }
    DoubleStream.Builder rates = DoubleStream.builder();
    String last = "";
    String line = reader.readLine();
    for (int row = 2; line != null && row <= MOST_ROWS; row++) {
      List<String> fields = fields(line);
      if (fields.size() != columns.size()) {
        throw new IOException(name + ", line " + row + " has " + fields.size() + " fields.");
      }
      boolean again = fields.get(time).equals(last); // a second that was written twice
      if (fields.get(state).equals(DOWNLOADING) && !again) {
        rates.add(bits(fields.get(rate), name, row));
        last = fields.get(time);
      }
      line = reader.readLine();
    }
    return rates.build().toArray();
  }

  private static List<String> fields(String line) {
    return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
  }

  private static double bits(String kilobits, String name, int row) throws IOException {
    try {
      double value = Double.parseDouble(kilobits);
      if (value >= 0 && value < 1e9) {
        return 1000 * value;
      }
    } catch (NumberFormatException e) {
      // said below, together with numbers out of range
    }
    throw new IOException(name + ", line " + row + ": '" + kilobits + "' is no rate in kbit/s.");
  }
}
