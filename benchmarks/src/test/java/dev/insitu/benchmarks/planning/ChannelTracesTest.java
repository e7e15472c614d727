package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChannelTracesTest {

  private static final String HEADER = "Timestamp,Speed,DL_bitrate,State\n";

  private static double[] seconds(String rows) throws IOException {
    return MeasuredSeconds.read(new BufferedReader(new StringReader(HEADER + rows)), "rows.csv");
  }

  @Test
  void onlySecondsOfDownloadsAreRead() throws IOException {
    double[] rates = seconds("t1,0,100,D\nt2,0,7,I\nt3,0,200.5,D\nt3,0,300,D\nt4,0,0,D\n");
    assertArrayEquals(new double[] {100_000, 200_500, 0}, rates, 1e-9);
  }

  @Test
  void tracesThatAreNoneAreRefused() {
    assertThrows(IOException.class, () -> seconds("t1,0,fast,D\n"));
    assertThrows(IOException.class, () -> seconds("t1,0,-1,D\n"));
    assertThrows(IOException.class, () -> seconds("t1,0,NaN,D\n"));
    assertThrows(IOException.class, () -> seconds("t1,0\n"));
    assertThrows(
        IOException.class,
        () -> MeasuredSeconds.read(new BufferedReader(new StringReader("a,b\n")), "rows.csv"));
  }

  @Test
  void anArchiveGivesItsDownloads(@TempDir Path directory) throws IOException {
    Path archive = directory.resolve("traces.zip");
    StringBuilder rows = new StringBuilder(HEADER);
    for (int second = 0; second < 60; second++) {
      rows.append("t").append(second).append(",0,").append(second).append(",D\n");
    }
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      add(zip, "set/Download/Static/one.csv", rows.toString());
      add(zip, "__MACOSX/set/Download/Static/._one.csv", "junk");
      add(zip, "set/Netflix/Static/two.csv", rows.toString());
    }
    ChannelTraces traces = ChannelTraces.measured(archive);
    assertEquals(1, traces.count());
    DrawnDevice device = new DeviceGenerator(1).next();
    assertEquals(device.bitsPerSecond(), traces.of(device).mean(), 1e-6 * device.bitsPerSecond());
    assertEquals(60, traces.of(device).period());
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  @Test
  void madeChannelsAreDrawnFromTheSeed() {
    DrawnDevice device = new DeviceGenerator(1).next();
    FluidChannel one = ChannelTraces.made(4).of(device);
    assertEquals(one.bitsUntil(17.5), ChannelTraces.made(4).of(device).bitsUntil(17.5));
    assertTrue(one.bitsUntil(17.5) != ChannelTraces.made(5).of(device).bitsUntil(17.5));
  }
}
