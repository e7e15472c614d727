package dev.insitu.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Situation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A device's situation and what it wants, as far as every command takes it: from a file, and fields
 * that are said on top of it.
 */
final class SituationFields {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  /** What may leave the device. */
  enum Leaving {
    NOTHING,
    FEATURES,
    INPUTS
  }

  @Option(
      names = "--situation",
      paramLabel = "FILE.json",
      description = "The situation; options are put in place of its fields.")
  private @Nullable Path file;

  @Option(
      names = "--down",
      paramLabel = "BIT/S",
      description = "Rate of the link to the device, as in 20M.")
  private @Nullable String down;

  @Option(
      names = "--up",
      paramLabel = "BIT/S",
      description = "Rate of the link from the device, as in 5M.")
  private @Nullable String up;

  @Option(
      names = "--round-trip",
      paramLabel = "SECONDS",
      description = "Round trip of the link, as in 0.05.")
  private @Nullable Double roundTrip;

  @Option(
      names = "--macs",
      paramLabel = "MAC/S",
      description = "Multiply-accumulates of the device in a second, as in 2G.")
  private @Nullable String macs;

  @Option(names = "--storage", paramLabel = "SIZE", description = "Free on its disk, as in 64M.")
  private @Nullable String storage;

  @Option(names = "--memory", paramLabel = "SIZE", description = "Free in its memory, as in 16MiB.")
  private @Nullable String memory;

  @Option(
      names = "--accuracy",
      paramLabel = "SHARE",
      description = "Least accuracy (agreement if there were no labels), as in 0.9.")
  private @Nullable Double accuracy;

  @Option(
      names = "--first-answer",
      paramLabel = "SECONDS",
      description = "Most time to the first answer.")
  private @Nullable Double firstAnswer;

  @Option(names = "--latency", paramLabel = "SECONDS", description = "Most time of an inference.")
  private @Nullable Double latency;

  @Option(
      names = "--inferences",
      paramLabel = "N",
      description = "How many inferences are expected (1 if nothing is said).")
  private @Nullable Long inferences;

  @Option(
      names = "--goal",
      paramLabel = "GOAL",
      split = ",",
      description =
          "What is made best of, the first first: accuracy, firstAnswer, time, bytes. Accuracy, time, bytes if nothing is said.")
  private @Nullable List<String> goals;

  @Option(
      names = "--certainty",
      paramLabel = "SHARE",
      description = "With which limits of time hold though the link varies, 0.5 (mean) to 0.9999.")
  private @Nullable Double certainty;

  @Option(
      names = "--may-leave",
      paramLabel = "WHAT",
      description = "What may leave the device for a server to compute: nothing, features, inputs.")
  private @Nullable Leaving mayLeave;

  /** The fields, for further ones. */
  ObjectNode fields() throws IOException {
    ObjectNode fields = file == null ? JSON.createObjectNode() : read(file);
    put(fields, "downlinkBitsPerSecond", down);
    put(fields, "uplinkBitsPerSecond", up);
    put(fields, "roundTripSeconds", roundTrip);
    put(fields, "macsPerSecond", macs);
    put(fields, "storageBytes", storage);
    put(fields, "memoryBytes", memory);
    put(fields, "accuracyFloor", accuracy);
    put(fields, "firstAnswerSeconds", firstAnswer);
    put(fields, "latencySeconds", latency);
    put(fields, "certainty", certainty);
    if (inferences != null) {
      fields.put("inferences", inferences);
    }
    if (mayLeave != null) {
      fields.put("featuresMayLeave", mayLeave != Leaving.NOTHING);
      fields.put("inputsMayLeave", mayLeave == Leaving.INPUTS);
    }
    if (goals != null) {
      fields.remove(
          List.of("accuracyWeight", "firstAnswerSecondWeight", "secondWeight", "kilobyteWeight"));
      fields.set("goals", JSON.valueToTree(goals));
    }
    return fields;
  }

  /** Whether anything was said at all. */
  boolean given() {
    return file != null
        || goals != null
        || inferences != null
        || mayLeave != null
        || Stream.of(down, up, macs, storage, memory).anyMatch(Objects::nonNull)
        || Stream.of(roundTrip, accuracy, firstAnswer, latency, certainty)
            .anyMatch(Objects::nonNull);
  }

  /** A situation of fields. */
  static Situation situation(ObjectNode fields) throws IOException {
    return PlanJson.readSituation(JSON.writeValueAsBytes(fields));
  }

  private static ObjectNode read(Path file) throws IOException {
    if (Files.size(file) > PlanJson.MAX_BYTES) {
      throw new CliException(
          file
              + " has "
              + Files.size(file)
              + " bytes; at most "
              + PlanJson.MAX_BYTES
              + " are read.");
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      if (JSON.readTree(bytes) instanceof ObjectNode fields) {
        return fields;
      }
    } catch (JsonProcessingException e) {
      PlanJson.readSituation(bytes); // tells the field that is wrong
    }
    throw new CliException(
        file + " holds no JSON object.\nMaybe write it like {\"downlinkBitsPerSecond\": 2e7}.");
  }

  private static void put(ObjectNode fields, String name, @Nullable Double value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  static void put(ObjectNode fields, String name, @Nullable String size) {
    if (size != null) {
      fields.put(name, Sizes.parse(size));
    }
  }
}
