package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.plan.Objective.InOrder;
import dev.insitu.elastic.plan.Objective.Weighted;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The fields of a situation that tell what is wanted. */
final class WantedJson {

  private OptionalDouble accuracyFloor = OptionalDouble.empty();
  private OptionalDouble startShare = OptionalDouble.empty();
  private OptionalDouble latencySeconds = OptionalDouble.empty();
  private OptionalDouble firstAnswerSeconds = OptionalDouble.empty();
  private OptionalLong maxBytes = OptionalLong.empty();
  private long inferences = 1;
  private OptionalDouble certainty = OptionalDouble.empty();
  private Optional<Boolean> featuresMayLeave = Optional.empty();
  private Optional<Boolean> inputsMayLeave = Optional.empty();
  private Optional<List<Goal>> goals = Optional.empty();
  private OptionalDouble accuracyTolerance = OptionalDouble.empty();
  private OptionalDouble accuracyWeight = OptionalDouble.empty();
  private OptionalDouble firstAnswerSecondWeight = OptionalDouble.empty();
  private OptionalDouble secondWeight = OptionalDouble.empty();
  private OptionalDouble kilobyteWeight = OptionalDouble.empty();

  static void write(JsonGenerator json, Wanted wanted) throws IOException {
    Json.writeOptional(json, "accuracyFloor", wanted.accuracyFloor());
    json.writeNumberField("startShare", wanted.startShare());
    Json.writeOptional(json, "latencySeconds", wanted.latencySeconds());
    Json.writeOptional(json, "firstAnswerSeconds", wanted.firstAnswerSeconds());
    Json.writeOptional(json, "maxBytes", wanted.maxBytes());
    json.writeNumberField("inferences", wanted.inferences());
    json.writeNumberField("certainty", wanted.certainty());
    json.writeBooleanField("featuresMayLeave", wanted.privacy() != Privacy.NOTHING_LEAVES);
    json.writeBooleanField("inputsMayLeave", wanted.privacy() == Privacy.INPUTS_MAY_LEAVE);
    if (wanted.objective() instanceof InOrder order) {
      Json.writeStrings(
          json, "goals", order.goals().stream().map(Goal::field).collect(Collectors.toList()));
      json.writeNumberField("accuracyTolerance", order.accuracyTolerance());
    } else if (wanted.objective() instanceof Weighted weighted) {
      json.writeNumberField("accuracyWeight", weighted.accuracy());
      json.writeNumberField("firstAnswerSecondWeight", weighted.firstAnswerSecond());
      json.writeNumberField("secondWeight", weighted.second());
      json.writeNumberField("kilobyteWeight", weighted.kilobyte());
    }
  }

  /** Whether the field is one of these. */
  boolean read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "accuracyFloor" -> accuracyFloor = OptionalDouble.of(Json.number(json, name));
      case "startShare" -> startShare = OptionalDouble.of(Json.number(json, name));
      case "latencySeconds" -> latencySeconds = OptionalDouble.of(Json.number(json, name));
      case "firstAnswerSeconds" -> firstAnswerSeconds = OptionalDouble.of(Json.number(json, name));
      case "maxBytes" -> maxBytes = OptionalLong.of(Json.whole(json, name));
      case "inferences" -> inferences = Json.whole(json, name);
      case "certainty" -> certainty = OptionalDouble.of(Json.number(json, name));
      case "featuresMayLeave" -> featuresMayLeave = Optional.of(Json.flag(json, name));
      case "inputsMayLeave" -> inputsMayLeave = Optional.of(Json.flag(json, name));
      default -> {
        return readObjective(name, json);
      }
    }
    return true;
  }

  private boolean readObjective(String name, JsonParser json) throws IOException {
    switch (name) {
      case "goals" ->
          goals =
              Optional.of(
                  Json.strings(json, name).stream()
                      .map(WantedJson::goal)
                      .collect(Collectors.toList()));
      case "accuracyTolerance" -> accuracyTolerance = OptionalDouble.of(Json.number(json, name));
      case "accuracyWeight" -> accuracyWeight = OptionalDouble.of(Json.number(json, name));
      case "firstAnswerSecondWeight" ->
          firstAnswerSecondWeight = OptionalDouble.of(Json.number(json, name));
      case "secondWeight" -> secondWeight = OptionalDouble.of(Json.number(json, name));
      case "kilobyteWeight" -> kilobyteWeight = OptionalDouble.of(Json.number(json, name));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Goal goal(String text) {
    for (Goal goal : Goal.values()) {
      if (goal.field().equals(text)) {
        return goal;
      }
    }
    String known = Arrays.stream(Goal.values()).map(Goal::field).collect(Collectors.joining(", "));
    throw ElasticException.invalid(
        "'goals' names " + Names.quote(text) + "; there are " + known + ".");
  }

  Wanted wanted() {
    return new Wanted(
        accuracyFloor,
        startShare.orElse(Wanted.BEST.startShare()),
        latencySeconds,
        firstAnswerSeconds,
        maxBytes,
        inferences,
        certainty.orElse(Wanted.BEST.certainty()),
        privacy(),
        objective());
  }

  private Privacy privacy() {
    boolean inputs = inputsMayLeave.orElse(false);
    if (inputs && !featuresMayLeave.orElse(true)) {
      throw ElasticException.invalid(
          "'inputsMayLeave' is true and 'featuresMayLeave' false; features tell less than the"
              + " inputs they are made of.\nMaybe set both to true, or 'inputsMayLeave' to false.");
    }
    if (inputs) {
      return Privacy.INPUTS_MAY_LEAVE;
    }
    return featuresMayLeave.orElse(false) ? Privacy.FEATURES_MAY_LEAVE : Privacy.NOTHING_LEAVES;
  }

  private Objective objective() {
    boolean weighted =
        accuracyWeight.isPresent()
            || firstAnswerSecondWeight.isPresent()
            || secondWeight.isPresent()
            || kilobyteWeight.isPresent();
    if (weighted && (goals.isPresent() || accuracyTolerance.isPresent())) {
      throw ElasticException.invalid(
          "Both weights and '"
              + (goals.isPresent() ? "goals" : "accuracyTolerance")
              + "' are given; goals are taken in order, weights all at once."
              + "\nMaybe leave one of them out.");
    }
    return weighted
        ? new Weighted(
            accuracyWeight.orElse(0),
            firstAnswerSecondWeight.orElse(0),
            secondWeight.orElse(0),
            kilobyteWeight.orElse(0))
        : new InOrder(
            goals.orElse(List.of(Goal.ACCURACY, Goal.TIME, Goal.BYTES)),
            accuracyTolerance.orElse(0));
  }
}
