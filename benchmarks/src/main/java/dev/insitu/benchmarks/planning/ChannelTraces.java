package dev.insitu.benchmarks.planning;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Rates over time that devices' channels are made of. Immutable. */
public final class ChannelTraces {

  /** Where the 5G production data set (Raca et al., MMSys 2020) lies in a folder of data. */
  public static final String ARCHIVE = "traces/5G-production-dataset.zip";

  private static final int MOST_ENTRIES = 1_000;
  private static final int LEAST_SECONDS = 60;

  private static final int MADE = 20;
  private static final int MADE_SECONDS = 1_000;
  private static final double STAYS = 0.9; // of the logarithm of the rate, from second to second
  private static final double MOVES = 0.5; // standard deviation of what is new of it

  private final String source;
  private final List<FluidChannel> channels;

  private ChannelTraces(String source, List<FluidChannel> channels) {
    this.source = source;
    this.channels = List.copyOf(channels);
  }

  /**
   * What the phones of the data set received each second while they downloaded files, standing and
   * driving. Its other measurements, of players of videos, tell what was asked for, not what the
   * link could bring.
   *
   * @throws IOException if it cannot be read or holds no such measurements
   */
  public static ChannelTraces measured(Path archive) throws IOException {
    List<FluidChannel> found = new ArrayList<>();
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      List<? extends ZipEntry> entries =
          zip.stream()
              .limit(MOST_ENTRIES)
              .filter(entry -> isDownload(entry.getName()))
              .sorted(Comparator.comparing(ZipEntry::getName))
              .toList();
      for (ZipEntry entry : entries) {
        try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
          double[] rates = MeasuredSeconds.read(reader, entry.getName());
          if (rates.length >= LEAST_SECONDS) {
            found.add(FluidChannel.of(rates));
          }
        }
      }
    }
    if (found.isEmpty()) {
      throw new IOException(
          archive + " holds no downloads.\nMaybe it is another archive than the data set's own.");
    }
    return new ChannelTraces("5G downloads", found);
  }

  private static boolean isDownload(String name) {
    return name.contains("/Download/") && name.endsWith(".csv") && !name.startsWith("__MACOSX");
  }

  /** Made ones: the logarithm of the rate wanders, as fading does. */
  public static ChannelTraces made(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<FluidChannel> made = new ArrayList<>();
    for (int i = 0; i < MADE; i++) {
      double[] rates = new double[MADE_SECONDS];
      double log = 0;
      for (int second = 0; second < rates.length; second++) {
        log = STAYS * log + MOVES * random.nextGaussian();
        rates[second] = 1e6 * Math.exp(log);
      }
      made.add(FluidChannel.of(rates));
    }
    return new ChannelTraces("made channels", made);
  }

  /** Where they come from, in words. */
  public String source() {
    return source;
  }

  /** How many there are. */
  public int count() {
    return channels.size();
  }

  /** All of them. */
  public List<FluidChannel> channels() {
    return channels;
  }

  /** The channel of a device, scaled to its mean rate. */
  public FluidChannel of(DrawnDevice device) {
    int number = (int) (device.trace() * channels.size());
    return channels.get(number).scaledTo(device.bitsPerSecond());
  }
}
