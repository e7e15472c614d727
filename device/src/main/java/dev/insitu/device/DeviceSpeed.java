package dev.insitu.device;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.OnnxEnvironment;
import dev.insitu.runtime.SpeedTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * How fast the device computes: measured once, and with every model, and kept on its disk.
 * Thread-safe.
 */
final class DeviceSpeed {

  private static final int MOST_MODELS = 256;
  private static final double MOST = 1e18;

  private final Path file;
  private final StoreGate gate;
  private boolean read; // whether the file was; guarded by this, as the two below
  private OptionalDouble known = OptionalDouble.empty();
  private final Map<String, Double> remembered = new LinkedHashMap<>(); // by model, latest last
  private final Map<String, ModelSpeed> measured = new ConcurrentHashMap<>(); // by model

  DeviceSpeed(Path file, StoreGate gate) {
    this.file = file;
    this.gate = gate;
  }

  /** Multiply-accumulates in a second; empty if that cannot be measured. */
  synchronized OptionalDouble macsPerSecond() {
    read();
    if (known.isEmpty()) {
      known = measure();
      save();
    }
    return known;
  }

  /** The same with a model, as its inferences took, now or before; empty if none did. */
  synchronized OptionalDouble macsPerSecond(ModelName model) {
    read();
    OptionalDouble now = of(model).macsPerSecond();
    Double before = remembered.get(model.model());
    return now.isPresent() || before == null ? now : OptionalDouble.of(before);
  }

  /** What measures a model; does not wait for the self-test. */
  ModelSpeed of(ModelName model) {
    return measured.computeIfAbsent(model.model(), name -> new ModelSpeed());
  }

  /** Keeps what was measured of models since the directory was opened. */
  synchronized void keep() {
    Map<String, Double> fresh = new HashMap<>();
    measured.forEach(
        (model, speed) -> speed.macsPerSecond().ifPresent(some -> fresh.put(model, some)));
    if (!fresh.isEmpty()) {
      read();
      remembered.keySet().removeAll(fresh.keySet());
      remembered.putAll(fresh);
      save();
    }
  }

  /** What the engine and the processors must be for a measurement to hold. */
  private static String machine() {
    return OnnxEnvironment.version() + " " + OnnxEnvironment.threads();
  }

  private void read() {
    if (read) {
      return;
    }
    read = true;
    try {
      Optional<byte[]> bytes = AtomicFile.read(file);
      if (bytes.isEmpty()) {
        return;
      }
      List<String> lines =
          new String(bytes.get(), StandardCharsets.UTF_8)
              .lines()
              .limit(2 + MOST_MODELS)
              .collect(Collectors.toList());
      if (lines.size() >= 2 && lines.get(0).equals(machine())) {
        known = speed(lines.get(1));
        lines.subList(2, lines.size()).forEach(this::remember);
      }
    } catch (IOException e) {
      known = OptionalDouble.empty(); // it is measured again
    }
  }

  private void remember(String line) {
    int space = line.indexOf(' ');
    OptionalDouble speed = speed(line.substring(0, Math.max(0, space)));
    speed.ifPresent(some -> remembered.put(line.substring(space + 1), some));
  }

  private static OptionalDouble speed(String text) {
    try {
      double speed = Double.parseDouble(text);
      return speed > 0 && speed < MOST ? OptionalDouble.of(speed) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static OptionalDouble measure() {
    try {
      return OptionalDouble.of(SpeedTest.macsPerSecond());
    } catch (InferenceException e) {
      return OptionalDouble.empty();
    }
  }

  private void save() {
    StringBuilder text = new StringBuilder(machine() + "\n" + known.orElse(0) + "\n");
    remembered.entrySet().stream()
        .skip(Math.max(0, remembered.size() - MOST_MODELS))
        .forEach(one -> text.append(one.getValue()).append(' ').append(one.getKey()).append('\n'));
    try {
      AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8), false, gate);
    } catch (IOException e) {
      // a full disk shows elsewhere
    }
  }
}
