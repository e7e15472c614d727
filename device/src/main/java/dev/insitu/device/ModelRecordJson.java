package dev.insitu.device;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.insitu.device.ModelRecord.Pending;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.zip.CRC32;

/** A model's record as JSON on the device's own disk. */
final class ModelRecordJson {

  private static final int FORMAT = 1;
  private static final int CHECKSUM_BYTES = 9;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(PlanJson.MAX_BYTES).build())
          .build();

  private ModelRecordJson() {}

  static byte[] write(ModelRecord model) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("name", model.name());
      json.writeArrayFieldStart("versions");
      for (VersionRecord version : model.versions()) {
        write(version, json);
      }
      json.writeEndArray();
      writeDigest(json, "active", model.active());
      writeDigest(json, "previous", model.previous());
      if (model.pending().isPresent()) {
        write(model.pending().get(), json);
      }
      if (model.assist().isPresent()) {
        write(model.assist().get(), json);
      }
      writeDigests(json, "history", model.history());
      writeDigests(json, "rejected", model.rejected());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("Writing to memory cannot fail", e);
    }
    return withChecksum(out);
  }

  private static void write(VersionRecord version, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("manifest", version.manifest().hex());
    json.writeStringField("version", version.version());
    json.writeArrayFieldStart("target");
    for (Range range : version.target()) {
      json.writeNumber(range.from());
      json.writeNumber(range.to());
    }
    json.writeEndArray();
    json.writeBooleanField("inFile", version.inFile());
    json.writeBooleanField("complete", version.complete());
    json.writeBooleanField("pinned", version.pinned());
    json.writeNumberField("used", version.used());
    if (version.depth() > 0) {
      json.writeNumberField("depth", version.depth());
    }
    if (version.width() > 0) {
      json.writeNumberField("width", version.width());
    }
    json.writeEndObject();
  }

  private static void write(Pending pending, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("pending");
    json.writeStringField("wishes", text(PlanJson.write(pending.wishes())));
    if (pending.told().isPresent()) {
      json.writeStringField("situation", text(PlanJson.write(pending.told().get())));
    }
    json.writeStringField("plan", text(PlanJson.write(pending.plan().plan())));
    json.writeStringField("signatures", SignedPlan.format(pending.plan().signatures()));
    json.writeEndObject();
  }

  private static void write(Assist assist, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("assist");
    json.writeStringField("privacy", assist.privacy().name());
    if (assist.before().isPresent()) {
      json.writeNumberField("before", assist.before().getAsInt());
    }
    json.writeNumberField("bits", assist.bits());
    json.writeNumberField("inputBits", assist.inputBits());
    if (assist.uplinkBitsPerSecond().isPresent()) {
      json.writeNumberField("uplinkBitsPerSecond", assist.uplinkBitsPerSecond().getAsDouble());
    }
    json.writeEndObject();
  }

  private static void writeDigests(JsonGenerator json, String name, List<Digest> digests)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Digest digest : digests) {
      json.writeString(digest.hex());
    }
    json.writeEndArray();
  }

  private static void writeDigest(JsonGenerator json, String name, Optional<Digest> digest)
      throws IOException {
    if (digest.isPresent()) {
      json.writeStringField(name, digest.get().hex());
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** The text and, on a line of its own, its CRC-32 in eight hexadecimal digits. */
  private static byte[] withChecksum(ByteArrayOutputStream json) {
    byte[] text = json.toByteArray();
    json.writeBytes(checksum(text, text.length));
    return json.toByteArray();
  }

  private static byte[] checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return String.format(Locale.ROOT, "\n%08x", crc.getValue()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Reads a record.
   *
   * @throws IOException if it is none
   */
  static ModelRecord read(byte[] bytes) throws IOException {
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 0
        || !Arrays.equals(
            checksum(bytes, length), 0, CHECKSUM_BYTES, bytes, length, bytes.length)) {
      throw new IOException("The record is damaged: its checksum is not right");
    }
    try (JsonParser json = JSON.createParser(bytes, 0, length)) {
      json.nextToken();
      Fields fields = new Fields(json);
      if (fields.number("format") != FORMAT) {
        throw new IOException("The record has format " + fields.number("format") + ", not 1");
      }
      return new ModelRecord(
          fields.text("name"),
          fields.versions,
          fields.digest("active"),
          fields.digest("previous"),
          fields.pending,
          fields.history,
          fields.rejected,
          fields.assist);
    } catch (RuntimeException e) {
      throw new IOException("The record cannot be read: " + e.getMessage(), e);
    }
  }

  /** The fields of one object, as they are met. */
  private static final class Fields {
    private final Map<String, String> texts = new HashMap<>();
    private final List<VersionRecord> versions = new ArrayList<>();
    private final List<Range> ranges = new ArrayList<>();
    private final List<Digest> history = new ArrayList<>();
    private final List<Digest> rejected = new ArrayList<>();
    private Optional<Pending> pending = Optional.empty();
    private Optional<Assist> assist = Optional.empty();

    Fields(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "versions" -> readVersions(json);
          case "target" -> readRanges(json);
          case "history" -> readDigests(json, history);
          case "rejected" -> readDigests(json, rejected);
          case "pending" -> pending = Optional.of(new Fields(json).asPending());
          case "assist" -> assist = Optional.of(new Fields(json).asAssist());
          default -> texts.put(name, json.getText());
        }
      }
      require(json.currentToken() == JsonToken.END_OBJECT);
    }

    private void readVersions(JsonParser json) throws IOException {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        versions.add(new Fields(json).asVersion());
      }
    }

    private void readRanges(JsonParser json) throws IOException {
      while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        int from = json.getIntValue();
        json.nextToken();
        ranges.add(new Range(from, json.getIntValue()));
      }
    }

    private static void readDigests(JsonParser json, List<Digest> digests) throws IOException {
      while (json.nextToken() == JsonToken.VALUE_STRING) {
        digests.add(Digest.parse(json.getText()));
      }
    }

    private VersionRecord asVersion() throws IOException {
      return new VersionRecord(
          digest("manifest").orElseThrow(() -> new IOException("A version without manifest")),
          text("version"),
          ranges,
          Boolean.parseBoolean(text("inFile")),
          Boolean.parseBoolean(text("complete")),
          Boolean.parseBoolean(text("pinned")),
          number("used"),
          Integer.parseInt(texts.getOrDefault("depth", "0")),
          Double.parseDouble(texts.getOrDefault("width", "0")));
    }

    private Assist asAssist() throws IOException {
      String before = texts.get("before");
      String up = texts.get("uplinkBitsPerSecond");
      return new Assist(
          Privacy.valueOf(text("privacy")),
          before == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(before)),
          (int) number("bits"),
          (int) number("inputBits"),
          up == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(up)));
    }

    private Pending asPending() throws IOException {
      Wishes wishes = PlanJson.readWishes(text("wishes").getBytes(StandardCharsets.UTF_8));
      return new Pending(
          wishes,
          SignedPlan.of(
              PlanJson.readPlan(text("plan").getBytes(StandardCharsets.UTF_8)), text("signatures")),
          Optional.ofNullable(texts.get("situation"))
              .map(json -> PlanJson.readSituation(json.getBytes(StandardCharsets.UTF_8))));
    }

    private String text(String name) throws IOException {
      String value = texts.get(name);
      require(value != null);
      return String.valueOf(value);
    }

    private long number(String name) throws IOException {
      return Long.parseLong(text(name));
    }

    private Optional<Digest> digest(String name) {
      return Optional.ofNullable(texts.get(name)).map(Digest::parse);
    }

    private static void require(boolean right) throws IOException {
      if (!right) {
        throw new IOException("The record does not have the form that was expected");
      }
    }
  }
}
