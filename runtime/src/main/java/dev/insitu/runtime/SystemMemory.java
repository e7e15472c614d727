package dev.insitu.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** What the operating system says of its memory. */
final class SystemMemory {

  private static final Path MEMINFO = Paths.get("/proc/meminfo");

  private SystemMemory() {}

  /** Bytes that new allocations can have; without limit where the system does not say. */
  static long available() {
    try {
      for (String line : Files.readAllLines(MEMINFO, StandardCharsets.US_ASCII)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
      return Long.MAX_VALUE;
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE; // no such file outside Linux and Android
    }
  }
}
