package dev.insitu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.planner.Decided;
import dev.insitu.planner.Decision;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Nearest;
import dev.insitu.planner.Limit;
import dev.insitu.planner.Order;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Accuracy;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Expected;
import dev.insitu.planner.PlannedModel.Step;
import dev.insitu.planner.Worth;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Decisions from the JSON in which servers give them. */
final class DecisionReader {

  private DecisionReader() {}

  static Decided read(JsonNode json) {
    try {
      boolean feasible = json.path("feasible").asBoolean();
      return new Decided(
          text(json, "model"),
          text(json, "version"),
          json.path("segments").asInt(),
          json.path("packageChunks").asInt(),
          json.path("gridPoints").asLong(),
          feasible ? chosen(json) : infeasible(json),
          present(json.path("stream"))
              .map(
                  stream -> PlanJson.readPlan(stream.toString().getBytes(StandardCharsets.UTF_8))));
    } catch (IllegalArgumentException e) {
      throw new CliException(
          "The server's decision cannot be read: "
              + e.getMessage()
              + ".\nMaybe it is of a later version: update Insitu here.");
    }
  }

  private static Decision chosen(JsonNode json) {
    return new Decision.Chosen(
        plan(json.path("plan")),
        new Decision.Reasons(
            list(json.path("limits"), DecisionReader::bound),
            list(json.path("alternatives"), DecisionReader::plan),
            list(json.path("notes"), JsonNode::asText)));
  }

  private static Decision infeasible(JsonNode json) {
    return new Decision.Infeasible(
        list(json.path("conflicts"), DecisionReader::conflict),
        list(
            json.path("nearest"),
            one ->
                new Nearest(
                    list(one.path("moved"), DecisionReader::conflict), plan(one.path("plan")))));
  }

  private static PlannedModel plan(JsonNode json) {
    return new PlannedModel(
        number(json, "width"),
        json.path("depth").asInt(),
        json.has("exitAfter") ? OptionalInt.of(json.get("exitAfter").asInt()) : OptionalInt.empty(),
        present(json.path("division")).map(DecisionReader::division),
        present(json.path("help")).map(DecisionReader::division),
        json.path("prefixChunks").asInt(),
        json.path("starterPrefixChunks").asInt(),
        Order.valueOf(text(json, "order").toUpperCase(Locale.ROOT)),
        json.path("fused").asBoolean(),
        expected(json),
        list(json.path("steps"), DecisionReader::step));
  }

  private static Division division(JsonNode json) {
    return new Division(
        json.path("beforeSegment").asInt(), json.path("bits").asInt(), number(json, "upBytes"));
  }

  private static Expected expected(JsonNode json) {
    return new Expected(
        json.path("manifestBytes").asLong(),
        json.path("chunkBytes").asLong(),
        number(json, "totalBytes"),
        number(json, "contentSeconds"),
        number(json, "firstAnswerSeconds"),
        number(json, "arrivalSeconds"),
        number(json, "latencySeconds"),
        number(json, "timeSeconds"),
        number(json, "joules"),
        json.path("storageBytes").asLong(),
        json.path("memoryBytes").asLong(),
        accuracy(json.path("accuracy")),
        accuracy(json.path("firstAccuracy")));
  }

  private static Accuracy accuracy(JsonNode json) {
    return json.isMissingNode()
        ? new Accuracy(0, 0, 1, Worth.UNMEASURED)
        : new Accuracy(
            number(json, "value"),
            number(json, "low"),
            number(json, "high"),
            Worth.valueOf(text(json, "of").toUpperCase(Locale.ROOT)));
  }

  private static Step step(JsonNode json) {
    return new Step(
        json.path("segment").asInt(),
        json.path("head").asBoolean(),
        json.path("bytes").asLong(),
        number(json, "arrivalSeconds"),
        number(json, "beginSeconds"),
        number(json, "endSeconds"));
  }

  private static Bound bound(JsonNode json) {
    return new Bound(
        limit(json),
        number(json, "allowed"),
        number(json, "taken"),
        present(json.path("without")).map(DecisionReader::plan));
  }

  private static Conflict conflict(JsonNode json) {
    return new Conflict(
        limit(json), number(json, "allowed"), number(json, "needed"), number(json, "alone"));
  }

  private static Limit limit(JsonNode json) {
    String field = text(json, "limit");
    return Arrays.stream(Limit.values())
        .filter(limit -> limit.field().equals(field))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'limit' is " + field));
  }

  private static Optional<JsonNode> present(JsonNode json) {
    return json instanceof MissingNode ? Optional.empty() : Optional.of(json);
  }

  private static String text(JsonNode json, String name) {
    return json.path(name).asText("");
  }

  /** A number; what is infinite comes as text. */
  private static double number(JsonNode json, String name) {
    return json.path(name).asDouble();
  }

  private static <T> List<T> list(JsonNode json, Function<JsonNode, T> reading) {
    List<T> found = new ArrayList<>();
    json.forEach(item -> found.add(reading.apply(item)));
    return found;
  }
}
