package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.plan.DeviceState.Energy;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The fields of a situation that tell of the device. */
final class DeviceJson {

  private OptionalLong storageBytes = OptionalLong.empty();
  private OptionalLong memoryBytes = OptionalLong.empty();
  private OptionalDouble macsPerSecond = OptionalDouble.empty();
  private OptionalDouble modelMacsPerSecond = OptionalDouble.empty();
  private List<String> precisions = List.of();
  private List<String> accelerators = List.of();
  private OptionalDouble joules = OptionalDouble.empty();
  private OptionalDouble joulesPerMac = OptionalDouble.empty();
  private OptionalDouble joulesPerBitDown = OptionalDouble.empty();
  private OptionalDouble joulesPerBitUp = OptionalDouble.empty();

  static void write(JsonGenerator json, DeviceState device) throws IOException {
    Json.writeOptional(json, "storageBytes", device.storageBytes());
    Json.writeOptional(json, "memoryBytes", device.memoryBytes());
    Json.writeOptional(json, "macsPerSecond", device.macsPerSecond());
    Json.writeOptional(json, "modelMacsPerSecond", device.modelMacsPerSecond());
    Json.writeStrings(json, "precisions", device.precisions());
    Json.writeStrings(json, "accelerators", device.accelerators());
    Json.writeOptional(json, "energyJoules", device.energy().joules());
    Json.writeOptional(json, "joulesPerMac", device.energy().joulesPerMac());
    Json.writeOptional(json, "joulesPerBitDown", device.energy().joulesPerBitDown());
    Json.writeOptional(json, "joulesPerBitUp", device.energy().joulesPerBitUp());
  }

  /** Whether the field is one of these. */
  boolean read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "storageBytes" -> storageBytes = OptionalLong.of(Json.whole(json, name));
      case "memoryBytes" -> memoryBytes = OptionalLong.of(Json.whole(json, name));
      case "macsPerSecond" -> macsPerSecond = OptionalDouble.of(Json.number(json, name));
      case "modelMacsPerSecond" -> modelMacsPerSecond = OptionalDouble.of(Json.number(json, name));
      case "precisions" -> precisions = Json.strings(json, name);
      case "accelerators" -> accelerators = Json.strings(json, name);
      case "energyJoules" -> joules = OptionalDouble.of(Json.number(json, name));
      case "joulesPerMac" -> joulesPerMac = OptionalDouble.of(Json.number(json, name));
      case "joulesPerBitDown" -> joulesPerBitDown = OptionalDouble.of(Json.number(json, name));
      case "joulesPerBitUp" -> joulesPerBitUp = OptionalDouble.of(Json.number(json, name));
      default -> {
        return false;
      }
    }
    return true;
  }

  DeviceState state() {
    return new DeviceState(
        storageBytes,
        memoryBytes,
        macsPerSecond,
        modelMacsPerSecond,
        precisions,
        accelerators,
        new Energy(joules, joulesPerMac, joulesPerBitDown, joulesPerBitUp));
  }
}
