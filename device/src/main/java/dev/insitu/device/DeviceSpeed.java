package dev.insitu.device;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.OnnxEnvironment;
import dev.insitu.runtime.SpeedTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** How fast the device computes: measured once, and kept on its disk. Thread-safe. */
final class DeviceSpeed {

  private final Path file;
  private final StoreGate gate;
  private OptionalDouble known = OptionalDouble.empty(); // guarded by this

  DeviceSpeed(Path file, StoreGate gate) {
    this.file = file;
    this.gate = gate;
  }

  /** Multiply-accumulates in a second; empty if that cannot be measured. */
  synchronized OptionalDouble macsPerSecond() {
    if (known.isEmpty()) {
      known = read();
    }
    if (known.isEmpty()) {
      known = measure();
    }
    return known;
  }

  /** What the engine and the processors must be for a measurement to hold. */
  private static String of() {
    return OnnxEnvironment.version() + " " + OnnxEnvironment.threads();
  }

  private OptionalDouble read() {
    try {
      Optional<byte[]> bytes = AtomicFile.read(file);
      if (bytes.isEmpty()) {
        return OptionalDouble.empty();
      }
      List<String> lines =
          new String(bytes.get(), StandardCharsets.UTF_8)
              .lines()
              .limit(3)
              .collect(Collectors.toList());
      double speed = lines.size() == 2 && lines.get(0).equals(of()) ? parse(lines.get(1)) : 0;
      return speed > 0 && speed < 1e18 ? OptionalDouble.of(speed) : OptionalDouble.empty();
    } catch (IOException e) {
      return OptionalDouble.empty(); // it is measured again
    }
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private OptionalDouble measure() {
    try {
      double speed = SpeedTest.macsPerSecond();
      byte[] text = (of() + "\n" + speed + "\n").getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, text, false, gate);
      return OptionalDouble.of(speed);
    } catch (InferenceException e) {
      return OptionalDouble.empty();
    } catch (IOException e) {
      return OptionalDouble.empty(); // a full disk shows elsewhere
    }
  }
}
