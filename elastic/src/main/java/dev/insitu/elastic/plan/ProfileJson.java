package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.ExitPolicy.Measure;
import dev.insitu.elastic.plan.Profile.Early;
import dev.insitu.elastic.plan.Profile.Exit;
import dev.insitu.elastic.plan.Profile.Point;
import dev.insitu.elastic.plan.Profile.RootAgreement;
import dev.insitu.elastic.plan.Profile.Width;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** A profile as JSON: its fields as they are met. */
final class ProfileJson {

  private int samples;
  private final List<Point> points = new ArrayList<>();
  private final List<Exit> exits = new ArrayList<>();
  private final List<Early> early = new ArrayList<>();
  private final List<Width> widths = new ArrayList<>();
  private final List<ModelCost> costs = new ArrayList<>();
  private final List<CutProfile> cuts = new ArrayList<>();
  private Optional<RootAgreement> root = Optional.empty();

  static byte[] write(Profile profile) {
    return Json.write(json -> {
      json.writeNumberField("samples", profile.samples());
      write(json, profile.points());
      writeExits(json, profile.exits());
      if (!profile.early().isEmpty()) {
        json.writeArrayFieldStart("early");
        for (Early one : profile.early()) {
          write(json, one);
        }
        json.writeEndArray();
      }
      if (!profile.widths().isEmpty()) {
        json.writeArrayFieldStart("widths");
        for (Width width : profile.widths()) {
          json.writeStartObject();
          json.writeNumberField("share", width.share());
          Json.writeOptional(json, "macsShare", width.macsShare());
          write(json, width.points());
          writeExits(json, width.exits());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      CostJson.write(json, profile);
      CutJson.write(json, profile.cuts());
      if (profile.rootAgreement().isPresent()) {
        json.writeObjectFieldStart("root");
        json.writeNumberField("samples", profile.rootAgreement().get().samples());
        json.writeNumberField("agreement", profile.rootAgreement().get().agreement());
        json.writeEndObject();
      }
    });
  }

  private static void writeExits(JsonGenerator json, List<Exit> exits) throws IOException {
    if (exits.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("exits");
    for (Exit exit : exits) {
      json.writeStartObject();
      json.writeNumberField("after", exit.after());
      Json.writeOptional(json, "macsShare", exit.macsShare());
      write(json, exit.points());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, List<Point> points) throws IOException {
    json.writeArrayFieldStart("points");
    for (Point point : points) {
      json.writeStartObject();
      json.writeNumberField("chunks", point.chunks());
      json.writeNumberField("bytes", point.bytes());
      json.writeNumberField("bitsPerWeight", point.bitsPerWeight());
      json.writeNumberField("agreement", point.agreement());
      Json.writeOptional(json, "accuracy", point.accuracy());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Early early) throws IOException {
    json.writeStartObject();
    json.writeNumberField("budget", early.budget());
    json.writeStringField("measure", early.policy().measure().name().toLowerCase(Locale.ROOT));
    json.writeArrayFieldStart("thresholds");
    for (double threshold : early.policy().thresholds()) {
      json.writeNumber(threshold);
    }
    json.writeEndArray();
    json.writeNumberField("macsShare", early.macsShare());
    json.writeNumberField("loss", early.loss());
    json.writeEndObject();
  }

  void read(String name, JsonParser json) throws IOException {
    switch (name) {
      case "samples" -> samples = Json.integer(json, name);
      case "points" -> readPoints(json, name, points);
      case "exits" -> Json.readArray(json, name, () -> exits.add(exit(json, name)));
      case "early" -> Json.readArray(json, name, () -> early.add(early(json, name)));
      case "costs" -> Json.readArray(json, name, () -> costs.add(CostJson.cost(json, name)));
      case "widths" -> Json.readArray(json, name, () -> widths.add(width(json, name)));
      case "cuts" -> Json.readArray(json, name, () -> cuts.add(CutJson.read(json, name)));
      case "root" -> root = Optional.of(root(json, name));
      default -> json.skipChildren();
    }
  }

  Profile profile() {
    return new Profile(samples, points, exits, early, widths, costs, cuts, root);
  }

  private static RootAgreement root(JsonParser json, String what) throws IOException {
    RootFields fields = new RootFields();
    Json.readFields(json, what, fields::read);
    return new RootAgreement(fields.samples, fields.agreement);
  }

  private static void readPoints(JsonParser json, String what, List<Point> into)
      throws IOException {
    Json.readArray(json, what, () -> into.add(point(json, what)));
  }

  private static Point point(JsonParser json, String what) throws IOException {
    PointFields fields = new PointFields();
    Json.readFields(json, what, fields::read);
    return new Point(
        fields.chunks, fields.bytes, fields.bitsPerWeight, fields.agreement, fields.accuracy);
  }

  private static Exit exit(JsonParser json, String what) throws IOException {
    ExitFields fields = new ExitFields();
    Json.readFields(json, what, fields::read);
    return new Exit(fields.after, fields.macsShare, fields.points);
  }

  private static Width width(JsonParser json, String what) throws IOException {
    WidthFields fields = new WidthFields();
    Json.readFields(json, what, fields::read);
    return new Width(fields.share, fields.macsShare, fields.points, fields.exits);
  }

  private static Early early(JsonParser json, String what) throws IOException {
    EarlyFields fields = new EarlyFields();
    Json.readFields(json, what, fields::read);
    ExitPolicy policy = new ExitPolicy(fields.measure, fields.thresholds);
    return new Early(fields.budget, policy, fields.macsShare, fields.loss);
  }

  private static final class PointFields {
    private int chunks;
    private long bytes;
    private double bitsPerWeight;
    private double agreement;
    private OptionalDouble accuracy = OptionalDouble.empty();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "chunks" -> chunks = Json.integer(json, name);
        case "bytes" -> bytes = Json.whole(json, name);
        case "bitsPerWeight" -> bitsPerWeight = Json.number(json, name);
        case "agreement" -> agreement = Json.number(json, name);
        case "accuracy" -> accuracy = OptionalDouble.of(Json.number(json, name));
        default -> json.skipChildren();
      }
    }
  }

  private static final class ExitFields {
    private int after;
    private OptionalDouble macsShare = OptionalDouble.empty();
    private final List<Point> points = new ArrayList<>();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "after" -> after = Json.integer(json, name);
        case "macsShare" -> macsShare = OptionalDouble.of(Json.number(json, name));
        case "points" -> readPoints(json, name, points);
        default -> json.skipChildren();
      }
    }
  }

  private static final class WidthFields {
    private double share;
    private OptionalDouble macsShare = OptionalDouble.empty();
    private final List<Point> points = new ArrayList<>();
    private final List<Exit> exits = new ArrayList<>();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "share" -> share = Json.number(json, name);
        case "macsShare" -> macsShare = OptionalDouble.of(Json.number(json, name));
        case "points" -> readPoints(json, name, points);
        case "exits" -> Json.readArray(json, name, () -> exits.add(exit(json, name)));
        default -> json.skipChildren();
      }
    }
  }

  private static final class RootFields {
    private int samples;
    private double agreement;

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "samples" -> samples = Json.integer(json, name);
        case "agreement" -> agreement = Json.number(json, name);
        default -> json.skipChildren();
      }
    }
  }

  private static final class EarlyFields {
    private double budget;
    private Measure measure = Measure.CONFIDENCE;
    private final List<Double> thresholds = new ArrayList<>();
    private double macsShare;
    private double loss;

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "budget" -> budget = Json.number(json, name);
        case "measure" -> measure = measure(Json.string(json, name));
        case "thresholds" ->
            Json.readArray(json, name, () -> thresholds.add(Json.number(json, name)));
        case "macsShare" -> macsShare = Json.number(json, name);
        case "loss" -> loss = Json.number(json, name);
        default -> json.skipChildren();
      }
    }

    private static Measure measure(String name) {
      for (Measure measure : Measure.values()) {
        if (measure.name().toLowerCase(Locale.ROOT).equals(name)) {
          return measure;
        }
      }
      throw ElasticException.invalid(
          "A policy's measure is '" + name + "'; confidence and entropy are known.");
    }
  }
}
