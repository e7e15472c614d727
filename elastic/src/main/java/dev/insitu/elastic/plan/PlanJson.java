package dev.insitu.elastic.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Plan.Refused;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Wishes, plans and profiles as JSON, with units in the names. Unknown fields are passed over; nonsense is refused by name. */
public final class PlanJson {

  /** Most bytes of any of these documents. */
  public static final int MAX_BYTES = 16 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(20)
                  .maxStringLength(65_536)
                  .maxNumberLength(64)
                  .maxDocumentLength(MAX_BYTES)
                  .build())
          .build();

  private PlanJson() {}

  /** Wishes as JSON. */
  public static byte[] write(Wishes wishes) {
    return write(
        json -> {
          json.writeStartObject();
          writeOptional(json, "bits", wishes.bits());
          if (wishes.depth().isPresent()) {
            json.writeNumberField("depth", wishes.depth().getAsInt());
          }
          if (wishes.maxBytes().isPresent()) {
            json.writeNumberField("maxBytes", wishes.maxBytes().getAsLong());
          }
          if (wishes.deadline().isPresent()) {
            json.writeNumberField("deadlineSeconds", wishes.deadline().get().toNanos() * 1e-9);
          }
          writeOptional(json, "rateBitPerSecond", wishes.rate());
          writeOptional(json, "startAgreement", wishes.startAgreement());
          if (wishes.held().isPresent()) {
            json.writeObjectFieldStart("held");
            json.writeStringField("manifest", wishes.held().get().manifest().hex());
            writeRanges(json, wishes.held().get().chunks());
            json.writeEndObject();
          }
          json.writeEndObject();
        });
  }

  /**
   * Wishes from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong
   */
  public static Wishes readWishes(byte[] bytes) {
    WishFields fields = new WishFields();
    readObject(bytes, "wishes", fields::read);
    return fields.wishes();
  }

  /** A plan as JSON. */
  public static byte[] write(Plan plan) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", plan.id().hex());
          json.writeStringField("model", plan.model());
          json.writeStringField("version", plan.version());
          Content content = plan.content();
          json.writeStringField("manifest", content.manifest().hex());
          json.writeStringField("manifestForm", content.form().name());
          if (content.base().isPresent()) {
            json.writeStringField("base", content.base().get().hex());
          }
          json.writeBooleanField("difference", content.difference());
          writeRanges(json, content.chunks());
          json.writeNumberField("manifestBytes", plan.manifestBytes());
          json.writeNumberField("chunkBytes", plan.chunkBytes());
          json.writeNumberField("starterChunks", plan.starterChunks());
          json.writeNumberField("starterBytes", plan.starterBytes());
          writeOptional(json, "startAgreement", plan.expected().startAgreement());
          writeOptional(json, "agreement", plan.expected().agreement());
          writeOptional(json, "accuracy", plan.expected().accuracy());
          json.writeStringField("reason", plan.reason());
          json.writeArrayFieldStart("refused");
          for (Refused refused : plan.refused()) {
            json.writeStartObject();
            json.writeStringField("what", refused.what());
            json.writeStringField("why", refused.why());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /**
   * A plan from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong, CORRUPT if the id is not the content's digest
   */
  public static Plan readPlan(byte[] bytes) {
    PlanFields fields = new PlanFields();
    readObject(bytes, "plan", fields::read);
    return fields.plan();
  }

  /** A profile as JSON. */
  public static byte[] write(Profile profile) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeNumberField("samples", profile.samples());
          json.writeArrayFieldStart("points");
          for (Profile.Point point : profile.points()) {
            json.writeStartObject();
            json.writeNumberField("chunks", point.chunks());
            json.writeNumberField("bytes", point.bytes());
            json.writeNumberField("bitsPerWeight", point.bitsPerWeight());
            json.writeNumberField("agreement", point.agreement());
            writeOptional(json, "accuracy", point.accuracy());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /**
   * A profile from JSON.
   *
   * @throws ElasticException INVALID naming the field that is wrong
   */
  public static Profile readProfile(byte[] bytes) {
    int[] samples = {0};
    List<Profile.Point> points = new ArrayList<>();
    readObject(
        bytes,
        "profile",
        (name, json) -> {
          switch (name) {
            case "samples" -> samples[0] = integer(json, name);
            case "points" -> readArray(json, name, () -> points.add(readPoint(json)));
            default -> json.skipChildren();
          }
        });
    return new Profile(samples[0], points);
  }

  private static Profile.Point readPoint(JsonParser json) throws IOException {
    int[] chunks = {0};
    long[] size = {0};
    double[] values = {0, 0};
    OptionalDouble[] accuracy = {OptionalDouble.empty()};
    readFields(
        json,
        "points",
        (name, at) -> {
          switch (name) {
            case "chunks" -> chunks[0] = integer(at, name);
            case "bytes" -> size[0] = number(at, name).longValue();
            case "bitsPerWeight" -> values[0] = number(at, name).doubleValue();
            case "agreement" -> values[1] = number(at, name).doubleValue();
            case "accuracy" -> accuracy[0] = OptionalDouble.of(number(at, name).doubleValue());
            default -> at.skipChildren();
          }
        });
    return new Profile.Point(chunks[0], size[0], values[0], values[1], accuracy[0]);
  }

  /** The fields of wishes as they are met. */
  private static final class WishFields {
    private OptionalDouble bits = OptionalDouble.empty();
    private OptionalInt depth = OptionalInt.empty();
    private OptionalLong maxBytes = OptionalLong.empty();
    private Optional<Duration> deadline = Optional.empty();
    private OptionalDouble rate = OptionalDouble.empty();
    private OptionalDouble startAgreement = OptionalDouble.empty();
    private Optional<Held> held = Optional.empty();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "bits" -> bits = OptionalDouble.of(number(json, name).doubleValue());
        case "depth" -> depth = OptionalInt.of(integer(json, name));
        case "maxBytes" -> maxBytes = OptionalLong.of(number(json, name).longValue());
        case "deadlineSeconds" -> deadline = Optional.of(seconds(json, name));
        case "rateBitPerSecond" -> rate = OptionalDouble.of(number(json, name).doubleValue());
        case "startAgreement" -> startAgreement = OptionalDouble.of(number(json, name).doubleValue());
        case "held" -> held = Optional.of(readHeld(json));
        default -> json.skipChildren();
      }
    }

    Wishes wishes() {
      return new Wishes(bits, depth, maxBytes, deadline, rate, startAgreement, held);
    }

    private static Held readHeld(JsonParser json) throws IOException {
      Digest[] manifest = new Digest[1];
      List<Range> ranges = new ArrayList<>();
      readFields(
          json,
          "held",
          (name, at) -> {
            switch (name) {
              case "manifest" -> manifest[0] = Digest.parse(string(at, name));
              case "chunks" -> ranges.addAll(readRanges(at));
              default -> at.skipChildren();
            }
          });
      if (manifest[0] == null) {
        throw ElasticException.invalid("'held' names no manifest.");
      }
      return new Held(manifest[0], ranges);
    }
  }

  /** The fields of a plan as they are met. */
  private static final class PlanFields {
    private Optional<Digest> id = Optional.empty();
    private Optional<Digest> manifest = Optional.empty();
    private Optional<Digest> base = Optional.empty();
    private String model = "";
    private String version = "";
    private ManifestForm form = ManifestForm.WHOLE;
    private boolean difference;
    private List<Range> chunks = List.of();
    private final long[] bytes = new long[3];
    private int starterChunks;
    private OptionalDouble startAgreement = OptionalDouble.empty();
    private OptionalDouble agreement = OptionalDouble.empty();
    private OptionalDouble accuracy = OptionalDouble.empty();
    private String reason = "";
    private final List<Refused> refused = new ArrayList<>();

    void read(String name, JsonParser json) throws IOException {
      switch (name) {
        case "id" -> id = Optional.of(Digest.parse(string(json, name)));
        case "model" -> model = string(json, name);
        case "version" -> version = string(json, name);
        case "manifest" -> manifest = Optional.of(Digest.parse(string(json, name)));
        case "manifestForm" -> form = readForm(string(json, name));
        case "base" -> base = Optional.of(Digest.parse(string(json, name)));
        case "difference" -> difference = json.currentToken() == JsonToken.VALUE_TRUE;
        case "chunks" -> chunks = readRanges(json);
        case "manifestBytes" -> bytes[0] = number(json, name).longValue();
        case "chunkBytes" -> bytes[1] = number(json, name).longValue();
        case "starterBytes" -> bytes[2] = number(json, name).longValue();
        case "starterChunks" -> starterChunks = integer(json, name);
        case "startAgreement" -> startAgreement = OptionalDouble.of(number(json, name).doubleValue());
        case "agreement" -> agreement = OptionalDouble.of(number(json, name).doubleValue());
        case "accuracy" -> accuracy = OptionalDouble.of(number(json, name).doubleValue());
        case "reason" -> reason = string(json, name);
        case "refused" -> readArray(json, name, () -> refused.add(readRefused(json)));
        default -> json.skipChildren();
      }
    }

    Plan plan() {
      Digest named = manifest.orElseThrow(() -> ElasticException.invalid("The plan names no manifest."));
      Content content = new Content(named, form, base, difference, chunks);
      if (id.isPresent() && !id.get().equals(content.id())) {
        throw ElasticException.corrupt("The plan's id " + id.get().brief() + " is not its content's digest.");
      }
      return new Plan(
          model, version, content, bytes[0], bytes[1], starterChunks, bytes[2],
          new Expected(startAgreement, agreement, accuracy), reason, refused);
    }

    private static ManifestForm readForm(String text) {
      for (ManifestForm form : ManifestForm.values()) {
        if (form.name().equals(text)) {
          return form;
        }
      }
      throw ElasticException.invalid("'manifestForm' is '" + text + "'; HELD, WHOLE or PATCH.");
    }

    private static Refused readRefused(JsonParser json) throws IOException {
      String[] texts = {"", ""};
      readFields(
          json,
          "refused",
          (name, at) -> {
            switch (name) {
              case "what" -> texts[0] = string(at, name);
              case "why" -> texts[1] = string(at, name);
              default -> at.skipChildren();
            }
          });
      return new Refused(texts[0], texts[1]);
    }
  }

  private static List<Range> readRanges(JsonParser json) throws IOException {
    List<Range> ranges = new ArrayList<>();
    readArray(
        json,
        "chunks",
        () -> {
          requireToken(json, JsonToken.START_ARRAY, "chunks");
          json.nextToken();
          int from = integer(json, "chunks");
          json.nextToken();
          int to = integer(json, "chunks");
          requireToken(json, json.nextToken() == JsonToken.END_ARRAY, "chunks");
          ranges.add(new Range(from, to));
        });
    return ranges;
  }

  private static void writeRanges(JsonGenerator json, List<Range> ranges) throws IOException {
    json.writeArrayFieldStart("chunks");
    for (Range range : ranges) {
      json.writeStartArray();
      json.writeNumber(range.from());
      json.writeNumber(range.to());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private static void writeOptional(JsonGenerator json, String name, OptionalDouble value) throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(name, value.getAsDouble());
    }
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private interface FieldReading {
    void read(String name, JsonParser json) throws IOException;
  }

  private interface ItemReading {
    void read() throws IOException;
  }

  private static byte[] write(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      writing.to(json);
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  private static void readObject(byte[] bytes, String what, FieldReading reading) {
    if (bytes.length > MAX_BYTES) {
      throw ElasticException.limit("The " + what + " has " + bytes.length + " bytes; at most " + MAX_BYTES + " are read.");
    }
    try (JsonParser json = JSON.createParser(bytes)) {
      json.nextToken();
      readFields(json, what, reading);
    } catch (IOException e) {
      throw new ElasticException(
          ElasticException.Reason.INVALID, "The " + what + " is not the JSON that was expected: " + firstLine(e) + ".", e);
    }
  }

  private static void readFields(JsonParser json, String what, FieldReading reading) throws IOException {
    requireToken(json, JsonToken.START_OBJECT, what);
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      reading.read(name, json);
    }
    requireToken(json, JsonToken.END_OBJECT, what);
  }

  private static void readArray(JsonParser json, String name, ItemReading reading) throws IOException {
    requireToken(json, JsonToken.START_ARRAY, name);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      requireToken(json, json.currentToken() != null, name);
      reading.read();
    }
  }

  private static void requireToken(JsonParser json, JsonToken token, String name) {
    requireToken(json, json.currentToken() == token, name);
  }

  private static void requireToken(JsonParser json, boolean right, String name) {
    if (!right) {
      throw ElasticException.invalid("'" + name + "' does not have the form that was expected, but " + json.currentToken() + ".");
    }
  }

  private static Number number(JsonParser json, String name) throws IOException {
    requireToken(json, json.currentToken() != null && json.currentToken().isNumeric(), name);
    return json.getNumberValue();
  }

  private static int integer(JsonParser json, String name) throws IOException {
    requireToken(json, json.currentToken() == JsonToken.VALUE_NUMBER_INT, name);
    return json.getIntValue();
  }

  private static String string(JsonParser json, String name) throws IOException {
    requireToken(json, JsonToken.VALUE_STRING, name);
    return json.getText();
  }

  private static Duration seconds(JsonParser json, String name) throws IOException {
    double seconds = number(json, name).doubleValue();
    if (!(seconds > 0 && seconds < 1e9)) {
      throw ElasticException.invalid("'" + name + "' is " + seconds + "; it must be positive and below 1e9.");
    }
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static String firstLine(IOException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
