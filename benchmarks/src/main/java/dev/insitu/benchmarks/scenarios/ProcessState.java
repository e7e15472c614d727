package dev.insitu.benchmarks.scenarios;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds, as Linux tells it; zeros elsewhere.
 *
 * @param residentBytes memory that is not swapped out
 * @param descriptors open files and sockets
 * @param mappings of memory
 * @param threads running
 */
record ProcessState(long residentBytes, long descriptors, long mappings, long threads) {

  private static final Path SELF = Path.of("/proc/self");

  static ProcessState now() throws IOException {
    if (!Files.isDirectory(SELF)) {
      return new ProcessState(0, 0, 0, 0);
    }
    return new ProcessState(
        1024 * status("VmRSS:"), entries("fd"), lines("maps"), status("Threads:"));
  }

  private static long status(String field) throws IOException {
    return Files.readAllLines(SELF.resolve("status")).stream()
        .filter(line -> line.startsWith(field))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }

  private static long entries(String directory) throws IOException {
    try (Stream<Path> all = Files.list(SELF.resolve(directory))) {
      return all.count();
    }
  }

  private static long lines(String file) throws IOException {
    return Files.readAllLines(SELF.resolve(file)).size();
  }
}
