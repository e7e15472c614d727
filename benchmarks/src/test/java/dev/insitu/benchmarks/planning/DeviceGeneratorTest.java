package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.benchmarks.planning.DeviceGenerator.Range;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeviceGeneratorTest {

  private static List<DrawnDevice> devices(long seed, int count) {
    return Stream.generate(new DeviceGenerator(seed)::next).limit(count).toList();
  }

  private static void assertLogUniform(Range range, ToDoubleFunction<DrawnDevice> quantity) {
    List<DrawnDevice> devices = devices(7, 4000);
    double half = Math.sqrt(range.least() * range.most());
    long below = devices.stream().filter(one -> quantity.applyAsDouble(one) < half).count();
    assertEquals(0.5, below / 4000.0, 0.04, () -> range + ": " + below);
    double tenth = range.least() * Math.pow(range.most() / range.least(), 0.1);
    long lowest = devices.stream().filter(one -> quantity.applyAsDouble(one) < tenth).count();
    assertEquals(0.1, lowest / 4000.0, 0.03, () -> range + ": " + lowest);
    devices.forEach(one ->
        assertTrue(
            range.contains(quantity.applyAsDouble(one)) || quantity.applyAsDouble(one) >= 1,
            one.toString()));
  }

  @Test
  void theSameSeedDrawsTheSameDevicesAndAnotherDoesNot() {
    assertEquals(devices(1, 100), devices(1, 100));
    assertNotEquals(devices(1, 100), devices(2, 100));
  }

  @Test
  void quantitiesAreLogUniformWithinTheirRanges() {
    assertLogUniform(DeviceGenerator.MEMORY_BYTES, DrawnDevice::memoryBytes);
    assertLogUniform(DeviceGenerator.STORAGE_BYTES, DrawnDevice::storageBytes);
    assertLogUniform(DeviceGenerator.MACS_PER_SECOND, DrawnDevice::macsPerSecond);
    assertLogUniform(DeviceGenerator.BITS_PER_SECOND, DrawnDevice::bitsPerSecond);
    assertLogUniform(DeviceGenerator.ROUND_TRIP_SECONDS, DrawnDevice::roundTripSeconds);
    assertLogUniform(DeviceGenerator.DEADLINE_SECONDS, DrawnDevice::deadlineSeconds);
  }

  @Test
  void rangesAreThoseThatWereFixed() {
    assertEquals(new Range(262_144, 8_589_934_592.0), DeviceGenerator.MEMORY_BYTES);
    assertEquals(new Range(1e6, 1e12), DeviceGenerator.MACS_PER_SECOND);
    assertEquals(new Range(1e4, 1e9), DeviceGenerator.BITS_PER_SECOND);
    assertEquals(new Range(0.1, 30), DeviceGenerator.DEADLINE_SECONDS);
  }

  @Test
  void halfOfTheDevicesWantAnAccuracy() {
    List<DrawnDevice> devices = devices(3, 2000);
    long asking = devices.stream().filter(one -> one.accuracyFloor().isPresent()).count();
    assertEquals(0.5, asking / 2000.0, 0.05);
    devices.forEach(one ->
        one.accuracyFloor()
            .ifPresent(floor ->
                assertTrue(
                    floor >= DeviceGenerator.LEAST_FLOOR && floor < DeviceGenerator.MOST_FLOOR,
                    one.toString())));
  }
}
