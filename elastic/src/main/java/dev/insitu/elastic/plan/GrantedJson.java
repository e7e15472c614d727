package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Granted.Division;
import java.io.IOException;
import java.util.Optional;

/** A server's decision as JSON: the fields that a device goes by, as they are met. */
final class GrantedJson {

  private final PlanFields stream = new PlanFields();
  private boolean streamed;
  private double width = 1;
  private int depth = -1;
  private Optional<Division> division = Optional.empty();
  private Optional<Division> help = Optional.empty();
  private double firstAnswerSeconds;
  private double arrivalSeconds;
  private long memoryBytes;

  void read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "plan" -> Json.readFields(json, name, this::readPlan);
      case "stream" -> {
        Json.readFields(json, name, stream::read);
        streamed = true;
      }
      default -> json.skipChildren();
    }
  }

  private void readPlan(String name, JsonParser json) throws IOException {
    switch (name) {
      case "width" -> width = Json.number(json, name);
      case "depth" -> depth = Json.integer(json, name);
      case "division" -> division = Optional.of(division(name, json));
      case "help" -> help = Optional.of(division(name, json));
      case "firstAnswerSeconds" -> firstAnswerSeconds = Json.number(json, name);
      case "arrivalSeconds" -> arrivalSeconds = Json.number(json, name);
      case "memoryBytes" -> memoryBytes = Json.whole(json, name);
      default -> json.skipChildren();
    }
  }

  private static Division division(String name, JsonParser json) throws IOException {
    int[] values = new int[2];
    Json.readFields(json, name, (field, at) -> readDivision(field, at, values));
    return new Division(values[0], values[1]);
  }

  private static void readDivision(String name, JsonParser json, int[] values) throws IOException {
    switch (name) {
      case "beforeSegment" -> values[0] = Json.integer(json, name);
      case "bits" -> values[1] = Json.integer(json, name);
      default -> json.skipChildren();
    }
  }

  Granted granted() {
    if (!streamed) {
      throw ElasticException.invalid("The decision holds no stream.");
    }
    return new Granted(
        stream.plan(),
        width,
        depth,
        division,
        help,
        firstAnswerSeconds,
        arrivalSeconds,
        memoryBytes);
  }
}
