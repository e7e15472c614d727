package dev.insitu.elastic.plan;

import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a device can spare and do. What is empty is not known and limits nothing.
 *
 * @param storageBytes free on its disk
 * @param memoryBytes free in its memory
 * @param macsPerSecond multiply-accumulates in a second, from a short self-test
 * @param modelMacsPerSecond the same as inferences with this very model took on the device, with
 *     all that slows them; goes before {@code macsPerSecond}
 * @param precisions in which it computes, as in "float32" or "int8"; none means all
 * @param accelerators by name
 * @param energy what it may spend, and what work costs
 */
public record DeviceState(
    OptionalLong storageBytes,
    OptionalLong memoryBytes,
    OptionalDouble macsPerSecond,
    OptionalDouble modelMacsPerSecond,
    List<String> precisions,
    List<String> accelerators,
    Energy energy) {

  /** Nothing is known. */
  public static final DeviceState UNKNOWN =
      new DeviceState(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          List.of(),
          List.of(),
          Energy.UNKNOWN);

  public DeviceState {
    precisions = List.copyOf(precisions);
    accelerators = List.copyOf(accelerators);
    Objects.requireNonNull(energy);
    Bounds.bytes("storageBytes", storageBytes);
    Bounds.bytes("memoryBytes", memoryBytes);
    Bounds.positive("macsPerSecond", macsPerSecond, Bounds.MOST);
    Bounds.positive("modelMacsPerSecond", modelMacsPerSecond, Bounds.MOST);
    Bounds.names("precisions", precisions);
    Bounds.names("accelerators", accelerators);
  }

  /** Whether anything is known of its speed. */
  public boolean hasSpeed() {
    return macsPerSecond.isPresent() || modelMacsPerSecond.isPresent();
  }

  /** Whether it computes in a precision, or says nothing of precisions. */
  public boolean computesIn(String precision) {
    return precisions.isEmpty() || precisions.contains(precision);
  }

  /** The same with other limits of space. */
  public DeviceState withSpace(OptionalLong storage, OptionalLong memory) {
    return new DeviceState(
        storage, memory, macsPerSecond, modelMacsPerSecond, precisions, accelerators, energy);
  }

  /** The same with another speed. */
  public DeviceState withMacsPerSecond(double speed) {
    return new DeviceState(
        storageBytes,
        memoryBytes,
        OptionalDouble.of(speed),
        modelMacsPerSecond,
        precisions,
        accelerators,
        energy);
  }

  /** The same with another speed for the model. */
  public DeviceState withModelMacsPerSecond(double speed) {
    return new DeviceState(
        storageBytes,
        memoryBytes,
        macsPerSecond,
        OptionalDouble.of(speed),
        precisions,
        accelerators,
        energy);
  }

  /** The same with these precisions. */
  public DeviceState withPrecisions(List<String> some) {
    return new DeviceState(
        storageBytes, memoryBytes, macsPerSecond, modelMacsPerSecond, some, accelerators, energy);
  }

  /** The same with another budget of energy. */
  public DeviceState withEnergy(Energy some) {
    return new DeviceState(
        storageBytes,
        memoryBytes,
        macsPerSecond,
        modelMacsPerSecond,
        precisions,
        accelerators,
        some);
  }

  /**
   * A budget of energy and what work costs of it.
   *
   * @param joules that may be spent on fetching the model and on the expected inferences
   * @param joulesPerMac of computing
   * @param joulesPerBitDown of receiving
   * @param joulesPerBitUp of sending
   */
  public record Energy(
      OptionalDouble joules,
      OptionalDouble joulesPerMac,
      OptionalDouble joulesPerBitDown,
      OptionalDouble joulesPerBitUp) {

    /** Nothing is known. */
    public static final Energy UNKNOWN =
        new Energy(
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());

    public Energy {
      Bounds.number("energyJoules", joules, 0, Bounds.MOST);
      Bounds.number("joulesPerMac", joulesPerMac, 0, Bounds.MOST);
      Bounds.number("joulesPerBitDown", joulesPerBitDown, 0, Bounds.MOST);
      Bounds.number("joulesPerBitUp", joulesPerBitUp, 0, Bounds.MOST);
    }

    /** Whether anything is known of what work costs. */
    public boolean hasCosts() {
      return joulesPerMac.isPresent() || joulesPerBitDown.isPresent() || joulesPerBitUp.isPresent();
    }
  }
}
