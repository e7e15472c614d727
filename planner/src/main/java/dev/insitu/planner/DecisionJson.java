package dev.insitu.planner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.Decision.Conflict;
import dev.insitu.planner.Decision.Infeasible;
import dev.insitu.planner.Decision.Nearest;
import dev.insitu.planner.PlannedModel.Accuracy;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.planner.PlannedModel.Expected;
import dev.insitu.planner.PlannedModel.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decisions as JSON, with units in the names. */
public final class DecisionJson {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int USUAL_BYTES = 16 << 10;

  private final JsonGenerator json;

  private DecisionJson(JsonGenerator json) {
    this.json = json;
  }

  /** A decision as JSON. */
  public static byte[] write(Decided decided) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      new DecisionJson(json).fields(decided);
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  private void fields(Decided decided) throws IOException {
    json.writeStringField("model", decided.model());
    json.writeStringField("version", decided.version());
    json.writeNumberField("segments", decided.segments());
    json.writeNumberField("packageChunks", decided.chunks());
    json.writeNumberField("gridPoints", decided.gridPoints());
    json.writeBooleanField("feasible", decided.decision() instanceof Chosen);
    switch (decided.decision()) {
      case Chosen chosen -> chosen(chosen);
      case Infeasible none -> infeasible(none);
    }
    if (decided.stream().isPresent()) {
      stream(decided.stream().get());
    }
  }

  private void stream(Plan stream) throws IOException {
    json.writeFieldName("stream");
    json.writeRawValue(new String(PlanJson.write(stream), StandardCharsets.UTF_8));
  }

  private void chosen(Chosen chosen) throws IOException {
    plan("plan", chosen.plan());
    json.writeArrayFieldStart("limits");
    for (Bound bound : chosen.reasons().limits()) {
      bound(bound);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("alternatives");
    for (PlannedModel other : chosen.reasons().alternatives()) {
      json.writeStartObject();
      plan(other);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("notes");
    for (String note : chosen.reasons().notes()) {
      json.writeString(note);
    }
    json.writeEndArray();
  }

  private void infeasible(Infeasible none) throws IOException {
    conflicts("conflicts", none.conflicts());
    json.writeArrayFieldStart("nearest");
    for (Nearest nearest : none.nearest()) {
      json.writeStartObject();
      conflicts("moved", nearest.moved());
      plan("plan", nearest.plan());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void plan(String name, PlannedModel plan) throws IOException {
    json.writeObjectFieldStart(name);
    plan(plan);
    json.writeEndObject();
  }

  private void plan(PlannedModel plan) throws IOException {
    json.writeNumberField("width", plan.width());
    json.writeNumberField("depth", plan.depth());
    if (plan.exit().isPresent()) {
      json.writeNumberField("exitAfter", plan.exit().getAsInt());
    }
    division("division", plan.division());
    division("help", plan.help());
    json.writeNumberField("prefixChunks", plan.prefix());
    json.writeNumberField("starterPrefixChunks", plan.starterPrefix());
    json.writeStringField("order", plan.order().name().toLowerCase(Locale.ROOT));
    json.writeBooleanField("fused", plan.fused());
    expected(plan.expected());
    json.writeArrayFieldStart("steps");
    for (Step step : plan.steps()) {
      step(step);
    }
    json.writeEndArray();
  }

  private void division(String name, Optional<Division> division) throws IOException {
    if (division.isPresent()) {
      json.writeObjectFieldStart(name);
      json.writeNumberField("beforeSegment", division.get().before());
      json.writeNumberField("bits", division.get().bits());
      json.writeNumberField("upBytes", division.get().upBytes());
      json.writeEndObject();
    }
  }

  private void expected(Expected expected) throws IOException {
    json.writeNumberField("manifestBytes", expected.manifestBytes());
    json.writeNumberField("chunkBytes", expected.chunkBytes());
    json.writeNumberField("totalBytes", expected.totalBytes());
    json.writeNumberField("contentSeconds", expected.contentSeconds());
    json.writeNumberField("firstAnswerSeconds", expected.firstAnswerSeconds());
    json.writeNumberField("arrivalSeconds", expected.arrivalSeconds());
    json.writeNumberField("latencySeconds", expected.latencySeconds());
    json.writeNumberField("timeSeconds", expected.timeSeconds());
    json.writeNumberField("joules", expected.joules());
    json.writeNumberField("storageBytes", expected.storageBytes());
    json.writeNumberField("memoryBytes", expected.memoryBytes());
    if (expected.accuracy().worth() != Worth.UNMEASURED) {
      accuracy("accuracy", expected.accuracy());
      accuracy("firstAccuracy", expected.firstAccuracy());
    }
  }

  private void accuracy(String name, Accuracy accuracy) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeStringField("of", accuracy.worth().name().toLowerCase(Locale.ROOT));
    json.writeNumberField("value", accuracy.value());
    json.writeNumberField("low", accuracy.low());
    json.writeNumberField("high", accuracy.high());
    json.writeEndObject();
  }

  private void step(Step step) throws IOException {
    json.writeStartObject();
    json.writeNumberField("segment", step.segment());
    json.writeBooleanField("head", step.head());
    json.writeNumberField("bytes", step.bytes());
    json.writeNumberField("arrivalSeconds", step.arrivalSeconds());
    json.writeNumberField("beginSeconds", step.beginSeconds());
    json.writeNumberField("endSeconds", step.endSeconds());
    json.writeEndObject();
  }

  private void bound(Bound bound) throws IOException {
    json.writeStartObject();
    json.writeStringField("limit", bound.limit().field());
    json.writeNumberField("allowed", bound.allowed());
    json.writeNumberField("taken", bound.taken());
    json.writeBooleanField("binds", bound.binds());
    if (bound.without().isPresent()) {
      plan("without", bound.without().get());
    }
    json.writeEndObject();
  }

  private void conflicts(String name, List<Conflict> conflicts) throws IOException {
    json.writeArrayFieldStart(name);
    for (Conflict conflict : conflicts) {
      json.writeStartObject();
      json.writeStringField("limit", conflict.limit().field());
      json.writeNumberField("allowed", conflict.allowed());
      json.writeNumberField("needed", conflict.needed());
      json.writeNumberField("alone", conflict.alone());
      json.writeBooleanField("outOfReach", conflict.outOfReach());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
