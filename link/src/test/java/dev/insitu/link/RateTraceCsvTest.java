package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTraceCsvTest {
  @Test
  void readsDurationsAndRates() throws IOException {
    RateTrace trace = read("seconds,kbit\n1,5000\r\n0.5, 20.5\n");

    assertEquals(
        List.of(
            new RateTrace.Step(Duration.ofSeconds(1), 5_000_000),
            new RateTrace.Step(Duration.ofMillis(500), 20_500)),
        trace.steps());
  }

  @Test
  void findsColumnsByName() throws IOException {
    assertEquals(read("seconds,kbit\n2,300\n"), read("kbit,note,seconds\n300,tunnel,2\n"));
  }

  @Test
  void readsMeasurements() throws IOException {
    RateTrace trace =
        read(
            """
            Timestamp,Speed,DL_bitrate,UL_bitrate
            2019.12.16_13.40.04,0,72,20
            2019.12.16_13.40.05,0,0,0
            2019.12.16_13.40.05,0,100,5
            2019.12.16_13.40.08,0,3434,55
            """);

    assertEquals(
        List.of(
            new RateTrace.Step(Duration.ofSeconds(1), 72_000),
            new RateTrace.Step(Duration.ofSeconds(3), 100_000),
            new RateTrace.Step(Duration.ofSeconds(1), 3_434_000)),
        trace.steps());
  }

  @Test
  void readsAnotherRateColumn() throws IOException {
    String text = "Timestamp,DL_bitrate,UL_bitrate\n2019.12.16_13.40.04,1,20\n";
    BufferedReader reader = new BufferedReader(new StringReader(text));

    assertEquals(20_000, RateTraceCsv.read(reader, "UL_bitrate").peakBitsPerSecond());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "time,rate\n1,2\n",
        "seconds,kbit\n",
        "seconds,kbit\n1\n",
        "seconds,kbit\n1,fast\n",
        "seconds,kbit\n1,-5\n",
        "seconds,kbit\n1,NaN\n",
        "seconds,kbit\n0,5\n",
        "seconds,kbit\n1e300,5\n",
        "seconds,kbit\n1,1e300\n",
        "seconds,kbit\n1,0\n",
        "Timestamp,DL_bitrate\nyesterday,5\n",
        "Timestamp,DL_bitrate\n2019.13.16_13.40.04,5\n",
        "Timestamp,DL_bitrate\n2019.12.16_13.40.04,5\n2029.12.16_13.40.04,5\n",
      })
  void refusesWhatIsNoTrace(String text) {
    IOException error = assertThrows(IOException.class, () -> read(text));
    assertTrue(String.valueOf(error.getMessage()).startsWith("rate trace: "), error::toString);
  }

  @Test
  void refusesALineWithoutEnd() {
    IOException error =
        assertThrows(IOException.class, () -> read("seconds,kbit" + ",x".repeat(5_000)));
    assertTrue(String.valueOf(error.getMessage()).contains("line 1"), error::toString);
  }

  @Test
  void readsThePublishedDataSet() throws IOException {
    Path archive = TestData.folder().resolve("traces/5G-production-dataset.zip");
    assumeTrue(Files.isRegularFile(archive), "skipped: no traces/5G-production-dataset.zip");
    int read = 0;
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : zip.stream().filter(RateTraceCsvTest::isMeasurement).toList()) {
        RateTrace trace = RateTraceCsv.read(reader(zip, entry));
        assertTrue(trace.period().compareTo(Duration.ofMinutes(1)) > 0, entry.getName());
        read++;
      }
    }
    assertEquals(83, read);
  }

  private static boolean isMeasurement(ZipEntry entry) {
    return entry.getName().endsWith(".csv") && !entry.getName().startsWith("__MACOSX");
  }

  private static BufferedReader reader(ZipFile zip, ZipEntry entry) throws IOException {
    return new BufferedReader(
        new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8));
  }

  private static RateTrace read(String text) throws IOException {
    return RateTraceCsv.read(new BufferedReader(new StringReader(text)));
  }
}
